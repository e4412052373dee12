/** The report as a table for spreadsheets: one line for each rule, and one for each group that has none. */
import { forTerminal } from '../escape.ts';
import type { Report } from './collect.ts';
import type { GroupEntry, PeerEntry, RuleEntry } from './entries.ts';

type Cell = string | number | undefined;
type Column = readonly [title: string, of: (group: GroupEntry, rule: RuleEntry | undefined) => Cell];

const isIcmp = (rule: RuleEntry | undefined): boolean => rule?.protocol.startsWith('icmp') ?? false;
const port = (rule: RuleEntry | undefined, end: 'from' | 'to'): Cell => (isIcmp(rule) ? undefined : rule?.[end]);
/** -1 is any: a cell that says nothing. */
const icmp = (rule: RuleEntry | undefined, part: 'from' | 'to'): Cell =>
  isIcmp(rule) && rule?.[part] !== -1 ? rule?.[part] : undefined;

const COLUMNS: readonly Column[] = [
  ['account', ({ account }) => account],
  ['account_name', ({ accountName }) => accountName],
  ['region', ({ region }) => region],
  ['vpc', ({ vpc }) => vpc],
  ['group', ({ id }) => id],
  ['group_name', ({ name }) => name],
  ['group_description', ({ description }) => description],
  ['group_tags', ({ tags }) => pairs(tags)],
  ['interfaces', ({ interfaces }) => interfaces],
  ['direction', (_, rule) => rule?.direction],
  ['protocol', (_, rule) => (rule?.protocol === '-1' ? 'all' : rule?.protocol)],
  ['from_port', (_, rule) => port(rule, 'from')],
  ['to_port', (_, rule) => port(rule, 'to')],
  ['icmp_type', (_, rule) => icmp(rule, 'from')],
  ['icmp_code', (_, rule) => icmp(rule, 'to')],
  ['peer_kind', (_, rule) => rule?.peer.kind],
  ['peer', (_, rule) => rule && textOf(rule.peer)],
  ['peer_name', (_, rule) => rule?.peer.name],
  ['peer_account', (_, rule) => (rule?.peer.kind === 'group' ? rule.peer.account : undefined)],
  ['description', (_, rule) => rule?.description],
  ['tags', (_, rule) => pairs(rule?.tags)],
  ['severity', (group, rule) => (rule ?? group).findings[0]?.severity],
  ['findings', (group, rule) => (rule ?? group).findings.map(({ message }) => message).join('; ')],
];

export function renderCsv({ groups }: Report): string {
  const rows = groups.flatMap((group) =>
    (group.rules.length > 0 ? group.rules : [undefined]).map((rule) => COLUMNS.map(([, of]) => cell(of(group, rule)))),
  );
  return [COLUMNS.map(([title]) => title), ...rows].map((row) => row.join(',')).join('\r\n');
}

/**
 * A spreadsheet takes a cell that begins like a formula for one, and runs it: an apostrophe makes it text.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[\s'"]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]/;

/** RFC 4180, always in quotes unless it is a number. */
function cell(value: Cell): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = forTerminal(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

function textOf(peer: PeerEntry): string {
  return 'cidr' in peer ? peer.cidr : peer.id;
}

function pairs(tags: { readonly [key: string]: string } = {}): string | undefined {
  const all = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  return all.length === 0 ? undefined : all.map(([key, value]) => `${key}=${value}`).join('; ');
}
