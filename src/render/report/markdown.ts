/**
 * The report for a person: first what to look at, then what to tidy up, what could not be read, and every group with
 * its rules. What every untouched group has is said once, so that the rest stands out.
 */
import { SEVERITIES, type Severity } from '../../ingress/findings.ts';
import { byText, targetKey } from '../../model/address.ts';
import { groupBy } from '../../model/group-by.ts';
import { canonical } from '../../model/json.ts';
import { forMarkdown, forTableCell } from '../escape.ts';
import { count, list, type Phrase, say, words, write } from '../phrase.ts';
import { type GroupEntry, type Remark, type Report, type RuleEntry, remarksOf } from './collect.ts';

const MARKS: { readonly [severity in Severity]: string } = { critical: '🔴', high: '🟠', medium: '🟡', low: '⚪' };
/** Their messages hold nothing that came from AWS. */
const OWN_WORDS: readonly Remark['code'][] = ['stale-reference', 'unused-group', 'unjudged'];
/** Findings that are about order and not about danger. */
const UNTIDY: readonly Remark['code'][] = ['shadowed', 'stale-reference', 'unused-group', 'unjudged'];

export function renderReport(report: Report): string {
  const { stamp, takenAt, groups } = report;
  const world = stamp.world === 'sandbox' ? 'sandbox' : 'AWS';
  return [
    `# Security groups of ${inline(say`${stamp.fleet}`)}`,
    inline(say`${words(world)}, ${words(`${takenAt.slice(0, 16).replace('T', ' ')} UTC`)}: ${sizeOf(groups)}`),
    `**${inline(verdictOf(report))}**`,
    ...section(
      'Look at these first',
      findingsTable(groups, ({ code, severity }) => !UNTIDY.includes(code) && severity !== 'low'),
    ),
    ...section(
      'Tidy up',
      findingsTable(groups, ({ code }) => UNTIDY.includes(code)),
    ),
    ...section('Not read', unreadLines(report)),
    ...section('Every group', [LEGEND, ...inventory(groups)]),
  ].join('\n\n');
}

const LEGEND =
  '_Not shown: the egress rules that AWS gives every new group (everything to everywhere), and default groups that nobody has touched._';

function section(title: string, blocks: readonly string[]): readonly string[] {
  return blocks.length === 0 ? [] : [`## ${title}`, ...blocks];
}

function sizeOf(groups: readonly GroupEntry[]): Phrase {
  const number = (of: (group: GroupEntry) => string): number => new Set(groups.map(of)).size;
  return list([
    count(
      number(({ account }) => account),
      ['account', 'accounts'],
    ),
    count(number(targetKey), ['account × region', 'account × region']),
    count(groups.length, ['group', 'groups']),
    count(
      groups.reduce((sum, { rules }) => sum + rules.length, 0),
      ['rule', 'rules'],
    ),
  ]);
}

function verdictOf({ groups, unread }: Report): Phrase {
  const remarks = groups.flatMap(remarksOf);
  const having = (severity: Severity): number => remarks.filter((remark) => remark.severity === severity).length;
  const counts = SEVERITIES.filter((severity) => having(severity) > 0).map((severity) =>
    words(`${having(severity)} ${severity}`),
  );
  const missing =
    unread.length > 0 ? [count(unread.length, ['thing could not be read', 'things could not be read'])] : [];
  return list([...(counts.length > 0 ? [list(counts)] : [words('no findings')]), ...missing], ' · ');
}

type Row = { readonly group: GroupEntry; readonly rule?: RuleEntry; readonly remark: Remark };

/** The gravest first; groups of one place about which the same is to be said share a line. */
function findingsTable(groups: readonly GroupEntry[], is: (remark: Remark) => boolean): readonly string[] {
  const rows = groups
    .flatMap((group): Row[] => [
      ...group.findings.map((remark) => ({ group, remark })),
      ...group.rules.flatMap((rule) => rule.findings.map((remark) => ({ group, rule, remark }))),
    ])
    .filter(({ remark }) => is(remark))
    .sort(byText(rankOf));
  if (rows.length === 0) return [];
  const alike = groupBy(rows, (one) => canonical([rankOf(one), placeOf(one.group), usersOf(one.group)]));
  const lines = [...alike.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const { severity } = first.remark;
    return row([
      words(`${MARKS[severity]} ${severity}`),
      whatOf(first),
      list(same.map(({ group }) => say`${group.name} ${group.id}`)),
      placeOf(first.group),
      usersOf(first.group),
    ]);
  });
  return [[...header(['', 'What', 'Group', 'Where', 'Used by']), ...lines].join('\n')];
}

function rankOf({ remark, rule }: Row): string {
  return `${SEVERITIES.indexOf(remark.severity)}\n${remark.code}\n${rule?.rule ?? ''}`;
}

/** The rule is named where the message does not say it already. */
function whatOf({ remark: { code, message }, rule }: Row): Phrase {
  const text = OWN_WORDS.includes(code) ? words(message) : say`${message}`;
  const said = rule === undefined || message.replace(' is open to ', ' from ') === rule.rule;
  return said ? text : say`${text} · ${rule.rule}`;
}

function placeOf({ account, accountName, region }: GroupEntry): Phrase {
  return accountName === undefined ? say`${account} ${region}` : say`${accountName} ${account} ${region}`;
}

function usersOf({ interfaces, usedBy }: GroupEntry): Phrase {
  if (interfaces === undefined) return words('?');
  return usedBy === undefined || usedBy === '' ? words('–') : [{ data: usedBy, max: 200 }];
}

function unreadLines({ unread }: Report): readonly string[] {
  const lines = unread.map(({ account, accountName = '', region, what, reason }) => {
    const advice = reason.advice === undefined ? [] : say` → ${[{ data: reason.advice, max: 300 }]}`;
    const where = region === '*' ? say`${accountName} ${account}` : say`${accountName} ${account} ${region}`;
    return `- ${inline(say`${where}: ${what}, ${[{ data: reason.message, max: 300 }]}${advice}`)}`;
  });
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function inventory(groups: readonly GroupEntry[]): readonly string[] {
  return [...groupBy(groups, ({ account }) => account).values()].flatMap((ofAccount) => {
    const [first] = ofAccount;
    if (!first) return [];
    const touched = ofAccount.filter((group) => !isUntouched(group));
    const left = ofAccount.length - touched.length;
    const told = left > 0 ? [`${inline(count(left, ['untouched default group', 'untouched default groups']))}.`] : [];
    const regions = [...groupBy(touched, ({ region }) => region)].map(([region, some]) => regionTable(region, some));
    const title = first.accountName === undefined ? say`${first.account}` : say`${first.accountName} ${first.account}`;
    return [`### ${inline(title)}`, ...regions, ...told];
  });
}

function regionTable(region: string, groups: readonly GroupEntry[]): string {
  const lines = groups.flatMap((group) => {
    const shown = group.rules.filter((rule) => !isStockEgress(rule));
    const rules = shown.length > 0 ? shown.map((rule) => ruleCells(rule, group)) : [[words('_no rules_'), [], []]];
    return rules.map((cells, i) => row([i === 0 ? groupCell(group) : [], ...cells]));
  });
  return [`**${inline(say`${region}`)}**\n`, ...header(['Group', 'Rule', 'Description', 'Finding']), ...lines].join(
    '\n',
  );
}

function groupCell({ id, name, interfaces, findings }: GroupEntry): Phrase {
  const use =
    interfaces === undefined
      ? []
      : say` · ${interfaces > 0 ? count(interfaces, ['interface', 'interfaces']) : words('no interface')}`;
  const unused = findings.some(({ code }) => code === 'unused-group') ? words(', **unused**') : [];
  return say`${name} ${id}${use}${unused}`;
}

function ruleCells({ rule, peer, description, tags = {}, findings }: RuleEntry, { id }: GroupEntry): readonly Phrase[] {
  const called =
    peer.kind === 'group' && peer.id === id ? words(' (itself)') : peer.name === undefined ? [] : say` (${peer.name})`;
  const marks = Object.entries(tags).map(([key, value]) => say`${`${key}=${value}`}`);
  const labels = [...(description === undefined ? [] : [say`${description}`]), ...marks];
  return [
    say`${rule}${called}`,
    list(labels, ' '),
    list(
      findings.map(({ severity, code }) => words(`${MARKS[severity]} ${code}`)),
      ' ',
    ),
  ];
}

/** What EC2 gives every new group. https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html */
function isStockEgress({ rule }: RuleEntry): boolean {
  return rule === 'all to 0.0.0.0/0' || rule === 'all to ::/0';
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html */
function isUntouched({ id, name, interfaces = 0, rules }: GroupEntry): boolean {
  const others = rules.filter((rule) => !isStockEgress(rule));
  return name === 'default' && interfaces === 0 && others.length === 1 && others[0]?.rule === `all from ${id}`;
}

function header(titles: readonly string[]): readonly string[] {
  return [`| ${titles.join(' | ')} |`, `|${titles.map(() => '---|').join('')}`];
}

function row(cells: readonly Phrase[]): string {
  return `| ${cells.map((cell) => write(cell, forTableCell)).join(' | ')} |`;
}

function inline(phrase: Phrase): string {
  return write(phrase, forMarkdown);
}
