/**
 * What does a report say, in the order in which a person should read it? First what to look at, then what to tidy up,
 * what could not be read, and every group with its rules. Computed once; the formats for persons only lay it out.
 */
import { SEVERITIES, type Severity } from '../../ingress/findings.ts';
import { byText, targetKey } from '../../model/address.ts';
import { groupBy } from '../../model/group-by.ts';
import { canonical } from '../../model/json.ts';
import { count, list, type Phrase, say, words } from '../phrase.ts';
import type { Report } from './collect.ts';
import { type GroupEntry, type Remark, type RuleEntry, remarksOf } from './entries.ts';

/** What is said about one or more groups of one place. */
export type FindingView = {
  readonly severity: Severity;
  readonly what: Phrase;
  readonly groups: readonly Phrase[];
  readonly where: Phrase;
  /** Absent where nobody looked; empty where there is none. */
  readonly users?: Phrase;
};

export type UnreadView = { readonly where: Phrase; readonly what: Phrase; readonly advice?: Phrase };

export type RuleView = {
  readonly rule: Phrase;
  readonly description: Phrase;
  readonly findings: readonly { readonly severity: Severity; readonly code: string }[];
};

export type GroupView = {
  readonly name: Phrase;
  /** How many interfaces have it; empty where nobody looked. */
  readonly use: Phrase;
  readonly unused: boolean;
  /** Without those that every new group has. */
  readonly rules: readonly RuleView[];
};

export type AccountView = {
  readonly name: Phrase;
  /** A region, or one network of it where it has several. */
  readonly regions: readonly { readonly region: Phrase; readonly groups: readonly GroupView[] }[];
  /** How many default groups are as AWS made them, and not listed. */
  readonly untouched: number;
};

export type ReportView = {
  readonly title: Phrase;
  /** Which world, when, and how much of it. */
  readonly scope: Phrase;
  readonly verdict: Phrase;
  readonly first: readonly FindingView[];
  readonly untidy: readonly FindingView[];
  readonly unread: readonly UnreadView[];
  /** What is left out, because it says nothing. */
  readonly legend: Phrase;
  readonly accounts: readonly AccountView[];
};

/** Findings that are about order and not about danger. */
const UNTIDY: readonly Remark['code'][] = ['shadowed', 'stale-reference', 'unused-group', 'unjudged'];

export function viewOfReport(report: Report): ReportView {
  const { stamp, takenAt, groups } = report;
  const world = stamp.world === 'sandbox' ? 'sandbox' : 'AWS';
  return {
    title: say`Security groups of ${stamp.fleet}`,
    scope: say`${words(world)}, ${words(`${takenAt.slice(0, 16).replace('T', ' ')} UTC`)}: ${sizeOf(groups)}`,
    verdict: verdictOf(report),
    first: findingsIn(groups, ({ code, severity }) => !UNTIDY.includes(code) && severity !== 'low'),
    untidy: findingsIn(groups, ({ code }) => UNTIDY.includes(code)),
    unread: unreadIn(report),
    legend: words(
      'Not shown: the egress rules that AWS gives every new group (everything to everywhere), and default groups that nobody has touched.',
    ),
    accounts: [...groupBy(groups, ({ account }) => account).values()].map(accountOf),
  };
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

type Found = { readonly group: GroupEntry; readonly rule?: RuleEntry; readonly remark: Remark };

/** The gravest first; groups of one place about which the same is to be said are told together. */
function findingsIn(groups: readonly GroupEntry[], is: (remark: Remark) => boolean): readonly FindingView[] {
  const found = groups
    .flatMap((group): Found[] => [
      ...group.findings.map((remark) => ({ group, remark })),
      ...group.rules.flatMap((rule) => rule.findings.map((remark) => ({ group, rule, remark }))),
    ])
    .filter(({ remark }) => is(remark))
    .sort(byText(rankOf));
  const alike = groupBy(found, (one) => canonical([rankOf(one), placeOf(one.group), usersOf(one.group) ?? null]));
  return [...alike.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const users = usersOf(first.group);
    return {
      severity: first.remark.severity,
      what: whatOf(first),
      groups: same.map(({ group }) => say`${group.name} ${group.id}`),
      where: placeOf(first.group),
      ...(users && { users }),
    };
  });
}

function rankOf({ remark, rule }: Found): string {
  return `${SEVERITIES.indexOf(remark.severity)}\n${remark.code}\n${rule?.rule ?? ''}`;
}

/** Their messages hold nothing that came from AWS. */
const OWN_WORDS: readonly Remark['code'][] = ['stale-reference', 'unused-group', 'unjudged'];

/** The rule is named where the message does not say it already. */
function whatOf({ remark: { code, message }, rule }: Found): Phrase {
  const text = OWN_WORDS.includes(code) ? words(message) : say`${message}`;
  const open = message.replace(/^everything /, 'all ').replace(' is open to ', ' from ');
  const said = rule === undefined || open === rule.rule;
  return said ? text : say`${text} · ${rule.rule}`;
}

function placeOf({ account, accountName, region }: GroupEntry): Phrase {
  return accountName === undefined ? say`${account} ${region}` : say`${accountName} ${account} ${region}`;
}

function usersOf({ interfaces, usedBy = '' }: GroupEntry): Phrase | undefined {
  if (interfaces === undefined) return undefined;
  return usedBy === '' ? [] : [{ data: usedBy, max: 200 }];
}

function unreadIn({ unread }: Report): readonly UnreadView[] {
  return unread.map(({ account, accountName = '', region, what, rules, reason: { message, advice } }) => ({
    where: region === '*' ? say`${accountName} ${account}` : say`${accountName} ${account} ${region}`,
    what: say`${what}, ${[{ data: message, max: 300 }]}${rules === undefined ? [] : say` (named by ${count(rules, ['rule', 'rules'])})`}`,
    ...(advice !== undefined && { advice: [{ data: advice, max: 300 }] }),
  }));
}

function accountOf(groups: readonly GroupEntry[]): AccountView {
  const [{ account, accountName } = { account: '' }] = groups as readonly Partial<GroupEntry>[];
  const touched = groups.filter((group) => !isUntouched(group));
  return {
    name: accountName === undefined ? say`${account ?? ''}` : say`${accountName} ${account ?? ''}`,
    regions: [...groupBy(touched, ({ region }) => region).values()].flatMap(networksOf),
    untouched: groups.length - touched.length,
  };
}

/** Groups of different networks have nothing to do with each other: where there are several, each is told apart. */
function networksOf(groups: readonly GroupEntry[]): AccountView['regions'] {
  const networks = [...groupBy(groups, ({ vpc }) => vpc)];
  return networks.map(([vpc, some]) => {
    const region = say`${some[0]?.region ?? ''}`;
    return {
      region: networks.length === 1 ? region : say`${region} · ${vpc === '' ? words('no VPC') : say`${vpc}`}`,
      groups: some.map(groupOf),
    };
  });
}

function groupOf(group: GroupEntry): GroupView {
  const { id, name, interfaces, findings, rules } = group;
  return {
    name: say`${name} ${id}`,
    use:
      interfaces === undefined
        ? []
        : interfaces > 0
          ? count(interfaces, ['interface', 'interfaces'])
          : words('no interface'),
    unused: findings.some(({ code }) => code === 'unused-group'),
    rules: rules.filter((rule) => !isStockEgress(rule)).map((rule) => ruleOf(rule, group)),
  };
}

function ruleOf({ rule, peer, description, tags = {}, findings }: RuleEntry, { id }: GroupEntry): RuleView {
  const called =
    peer.kind === 'group' && peer.id === id ? words(' (itself)') : peer.name === undefined ? [] : say` (${peer.name})`;
  const marks = Object.entries(tags).map(([key, value]) => say`${`${key}=${value}`}`);
  return {
    rule: say`${rule}${called}`,
    description: list([...(description === undefined ? [] : [say`${description}`]), ...marks], ' '),
    findings: findings.map(({ severity, code }) => ({ severity, code })),
  };
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
