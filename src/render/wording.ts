/** How is one change said, as a sentence and as a line of a diff? */
import { byText } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import type { Json } from '../model/json.ts';
import { canonical } from '../model/json.ts';
import type { Cell } from '../model/plan.ts';
import type { Change, Value, Effect as Weighed } from '../model/resource.ts';
import type { Rule } from '../model/rule.ts';
import { reachesEveryone } from './everyone.ts';
import { count, list, message, type Noun, type Phrase, say, words, write } from './phrase.ts';

/** What only keeps something is neutral to the reader. */
export type Effect = Exclude<Weighed, 'keeps'>;

/** `closes` · `tcp 22 from 0.0.0.0/0 “temporary”`, or `changes` · `minimumLength 8 → 14`. */
export type ChangeView = {
  readonly sign: '+' | '-' | '~';
  readonly verb: string;
  readonly what: Phrase;
  /** The rule or field alone, without its labels and values. */
  readonly name: Phrase;
  readonly effect: Effect;
  /** Whether it lets in, or out to, everyone or nearly so. */
  readonly toEveryone: boolean;
  /** The lines that ask for it, where others ask for the other changes of the cell. */
  readonly by?: Phrase;
  /** The same, by their place among the cell's causes. */
  readonly causes?: readonly number[];
};

/** The changes of a cell, the most dangerous first; where a rule refers to its own group it reads `itself`. */
export function describeCell(cell: Cell): readonly ChangeView[] {
  return describeChanges(changesOf(cell), cell.address.id, cell.causes);
}

/** What several calls do to one field is one change to the reader. */
export function changesOf({ steps }: Cell): readonly Change[] {
  const byField = groupBy(
    steps.flatMap(({ changes }) => changes),
    ({ field }) => field,
  );
  return [...byField.values()].flatMap((all) => {
    const [first, last] = [all[0], all.at(-1)];
    if (!first || !last || all.length === 1) return all;
    const { before: _, ...end } = last;
    return [{ ...end, ...(first.before !== undefined && { before: first.before }) }];
  });
}

/** The worst of them. */
export function effectOf(changes: readonly ChangeView[]): Effect {
  const worst: readonly Effect[] = ['loosens', 'unclear', 'tightens', 'neutral'];
  return worst.find((effect) => changes.some((change) => change.effect === effect)) ?? 'neutral';
}

/** What must be said in words, too, for those who see no colours; `opens` says by itself that it loosens. */
export function warningOf({ verb, effect, toEveryone }: ChangeView): 'EVERYONE' | 'loosens' | 'may loosen' | undefined {
  if (toEveryone) return 'EVERYONE';
  if (effect === 'unclear') return 'may loosen';
  return effect === 'loosens' && verb !== 'opens' ? 'loosens' : undefined;
}

export function describeChanges(
  changes: readonly Change[],
  id: string,
  causes: Cell['causes'] = [],
): readonly ChangeView[] {
  const described = changes.map((change) => {
    const rule = isRule(change.after) ? change.after : isRule(change.before) ? change.before : undefined;
    const view = rule ? describeRule(change, rule, id) : describeField(change);
    const { causes: asking } = change;
    const by = asking?.flatMap((index) => causes[index] ?? []).map(({ at }) => say`${`${at.file}:${at.line}`}`);
    return { ...view, ...(asking && by && { by: list(by), causes: asking }) };
  });
  return described.sort(byText(rank));
}

/** What loosens comes first; what is taken away comes before what of it is kept, and that stands as a diff has it. */
function rank({ effect, toEveryone, verb, name }: ChangeView): string {
  if (toEveryone) return '0';
  const kept = verb === 'keeps' || verb === 'drops' ? write(name, (data) => data) : '';
  return `${{ loosens: 1, unclear: 2, tightens: 3, neutral: 4 }[effect]}${kept}`;
}

/** A value as lines, in the order of its fields: what a diff compares. */
export function linesOf(value: Value, id: string): readonly string[] {
  return Object.keys(value)
    .sort()
    .map((field) => lineOf(field, value[field] ?? null, id));
}

/** How many of each: `closes 3 rules, opens 1 rule, changes 2 fields`. */
export function tally(changes: readonly ChangeView[]): Phrase {
  const verbs = [...new Set(changes.map(({ verb }) => verb))];
  return list(
    verbs.map((verb) => say`${words(verb)} ${count(changes.filter((c) => c.verb === verb).length, nounFor(verb))}`),
  );
}

type Verbs = { readonly [sign in ChangeView['sign']]: string };
const RULE_VERBS: Verbs = { '+': 'opens', '-': 'closes', '~': 'relabels' };
const FIELD_VERBS: Verbs = { '+': 'sets', '-': 'unsets', '~': 'changes' };

function nounFor(verb: string): Noun {
  return Object.values(FIELD_VERBS).includes(verb) ? ['field', 'fields'] : ['rule', 'rules'];
}

function signOf({ before, after }: Change): ChangeView['sign'] {
  if (before === undefined) return '+';
  return after === undefined ? '-' : '~';
}

function describeField(change: Change): ChangeView {
  const { field } = change;
  const [before, after] = [asWritten(field, change.before), asWritten(field, change.after)];
  const sign = signOf(change);
  const what = {
    '+': say`${field} to ${message(textOf(after ?? null))}`,
    '-': say`${field}, which was ${message(textOf(before ?? null))}`,
    '~': say`${field} ${message(textOf(before ?? null))} → ${message(textOf(after ?? null))}`,
  }[sign];
  return { sign, verb: FIELD_VERBS[sign], what, name: say`${field}`, effect: shownAs(change), toEveryone: false };
}

function describeRule(change: Change, rule: Rule, id: string): ChangeView {
  const sign = signOf(change);
  const name = withoutId(change.field, id);
  const base = { sign, verb: RULE_VERBS[sign], name: say`${name}`, effect: shownAs(change), toEveryone: false };
  if (sign === '~') return { ...base, what: say`${name} ${labels(change.before)} → ${labels(change.after)}` };
  const what = labelsOf(rule) === '' ? say`${name}` : say`${name} ${labels(rule)}`;
  if (change.effect === 'keeps') return { ...base, verb: sign === '-' ? 'drops' : 'keeps', what };
  return sign === '-' ? { ...base, what } : { ...base, what, toEveryone: reachesEveryone(rule) };
}

function shownAs({ effect }: Change): Effect {
  return effect === 'keeps' ? 'neutral' : effect;
}

function labels(value: Json | undefined): Phrase {
  const text = isRule(value) ? labelsOf(value) : '';
  return text === '' ? words('no description') : message(text);
}

/** Description and tags: what a rule carries besides its identity. */
function labelsOf({ description, tags = {} }: Rule): string {
  const pairs = Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, tag]) => `${key}=${tag}`);
  const parts = [...(description ? [`“${description}”`] : []), ...(pairs.length > 0 ? [`{${pairs.join(', ')}}`] : [])];
  return parts.join(' ');
}

function lineOf(field: string, value: Json, id: string): string {
  if (!isRule(value)) return `${field}: ${textOf(asWritten(field, value) ?? null)}`;
  return `${withoutId(field, id)}  ${labelsOf(value)}`.trimEnd();
}

/** A parameter of a control as the state has it, `14`, and not as the API wraps it, `{ Integer: 14 }`. */
function asWritten(field: string, value: Json | undefined): Json | undefined {
  const isWrapped = field.startsWith('parameter ') && typeof value === 'object' && value !== null;
  if (!isWrapped || Array.isArray(value)) return value;
  const [inner, ...others] = Object.values(value);
  return inner === undefined || others.length > 0 ? value : inner;
}

/** Text as it stands, unless it could be taken for another kind of value. */
export function textOf(value: Json): string {
  if (typeof value !== 'string') return canonical(value);
  return /^(?:|null|true|false|[-\d.]+|[[{"].*)$/.test(value) ? JSON.stringify(value) : value;
}

function withoutId(field: string, id: string): string {
  return field
    .split(' ')
    .map((word) => (word === id && id !== '' ? 'itself' : word))
    .join(' ');
}

function isRule(value: Json | undefined): value is Rule {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return 'direction' in value && 'protocol' in value && 'peer' in value;
}
