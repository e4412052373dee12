/**
 * Ingress on certain ports comes only from certain ranges, IPv4 and IPv6 in one statement.
 * What an entry governs and does not allow is cut out of each rule; what is left is written anew, never more than it was.
 */
import { placesOf } from '../ingress/axis.ts';
import { cutsOf, type Entry, governedTraffic, isTaken, listsToJudge, type Cut as Taken } from '../ingress/entry.ts';
import { overlaps } from '../ingress/ranges.ts';
import type { Cut, Need, Restrictor, Surroundings } from '../model/guardrail.ts';
import { fieldOf, itemsOf } from '../model/json.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { prefixList } from '../resources/prefix-list.ts';
import { cutting } from '../resources/security-group/operations.ts';
import { entriesAround, type RulePart } from '../resources/security-group/shrink.ts';
import { securityGroup } from '../resources/security-group.ts';
import { securityGroupUse, tellUse } from '../resources/security-group-use.ts';
import { isOwn, resolve } from './allowed-ingress/resolve.ts';
import { type EntryParams, type Params, schema } from './allowed-ingress/schema.ts';
import { isRange } from './allowed-ingress/sources.ts';
import { leavesOut, selects } from './group-selection.ts';

export const allowedIngress: Restrictor<Params, Rules, RulePart> = {
  kind: 'restrictor',
  name: 'allowed-ingress',
  summary:
    'Certain ports may be reached only from certain ranges; rules that allow more are narrowed, revoked or reported.',
  schema,
  resource: securityGroup,
  writes: cutting('ingress'),
  ranges: (written) =>
    itemsOf(written).flatMap((entry, i) =>
      itemsOf(fieldOf(entry, 'from')).flatMap((name, j) =>
        typeof name === 'string' && isRange(name) ? [{ path: `${i}.from.${j}`, name }] : [],
      ),
    ),
  excepts: { parts: ['vpc', 'group'], rules: ['ingress'] },
  wants: () => ({}),
  governs: (params, around) => params.some(({ groups }) => selects(groups, around)),
  leavesOut: (params, around) => params.some(({ groups }) => leavesOut(groups, around)),
  evidence: [prefixList.name],
  needs: listsOnce,
  cuts: (rules, params, around) =>
    judged(rules, params, around, ({ otherwise }) => otherwise !== 'report').flatMap(({ name, entry, index, taken }) =>
      (entry.otherwise === 'revoke' ? (['all'] as const) : taken).map(
        (part): Cut<RulePart> => ({ field: name, part, path: String(index) }),
      ),
    ),
  remarks: (rules, params, around) =>
    judged(rules, params, around, ({ otherwise }) => otherwise === 'report').map(({ name, index, taken }) => ({
      code: 'not-allowed',
      message: 'lets in more than is allowed; nothing is changed (otherwise: report)',
      field: name,
      path: String(index),
      cuts: taken.map((part): Cut<RulePart> => ({ field: name, part, path: String(index) })),
    })),
  hold: {
    reader: securityGroupUse.name,
    inUse: (params, around) =>
      params.some(({ groups, whenInUse }) => whenInUse === 'hold' && selects(groups, around)) ? 'hold' : 'proceed',
    tell: tellUse,
  },
};

type Judged = {
  readonly name: string;
  readonly entry: EntryParams;
  readonly index: number;
  readonly taken: readonly Taken[];
};

/** Every rule under every entry that is meant and governs the group, where something is not allowed. */
function judged(
  rules: Rules,
  params: Params,
  around: Surroundings,
  isMeant: (entry: EntryParams) => boolean,
): Judged[] {
  const entriesOf = entriesAround(around);
  const placed = Object.entries(rules).map(([name, rule]) => ({ name, rule, traffic: placesOf(rule) }));
  const found: Judged[] = [];
  for (const [index, entry] of params.entries()) {
    if (!isMeant(entry) || !selects(entry.groups, around)) continue;
    const geometry = resolve(entry, around);
    const governed = governedTraffic(geometry);
    for (const { name, rule, traffic } of placed) {
      // Most entries have no say about most rules: that is found out first, and cheaply.
      if (!overlaps(traffic, governed) || isOwn(rule, entry, around)) continue;
      const taken = cutsOf(rule, geometry, entriesOf);
      if (taken.length > 0) found.push({ name, entry, index, taken });
    }
  }
  return found;
}

/**
 * The lists by whose entries something is decided; those of rules that no entry governs are nobody's business. A rule that
 * goes as a whole is looked into only for what an exception may spare of it.
 */
function listsIn(rules: Rules, params: Params, around: Surroundings): readonly Need[] {
  const all = Object.values(rules);
  const through = all.filter(({ peer }) => peer.kind === 'prefix-list');
  const asked = params
    .filter(({ groups }) => selects(groups, around))
    .flatMap((written) => {
      const entry = resolve(written, around);
      const named = through.flatMap((rule) => listsFor(rule, written, entry));
      const { prefixLists } = entry.allowed;
      const matters =
        prefixLists.length > 0 &&
        all.some((rule) => listsToJudge(rule, entry).length > 0 && !isOwn(rule, written, around));
      return matters ? [...named, ...prefixLists.map((id) => ({ id, decides: true }))] : named;
    });
  const decisive = new Set(asked.flatMap(({ id, decides }) => (decides ? id : [])));
  const others = new Set(asked.flatMap(({ id }) => (decisive.has(id) ? [] : id)));
  return [
    ...(decisive.size > 0 ? [{ reader: prefixList.name, want: { ids: [...decisive].sort() } }] : []),
    ...(others.size > 0
      ? [{ reader: prefixList.name, want: { ids: [...others].sort() }, only: 'exceptions' as const }]
      : []),
  ];
}

/** Asked for several times while one group is planned: what it rests on is the same each time. */
function listsOnce(rules: Rules, params: Params, around: Surroundings): readonly Need[] {
  const { about, ranges, id } = around;
  const byParams = remembered.get(rules) ?? new WeakMap<Params, Remembered>();
  remembered.set(rules, byParams);
  const known = byParams.get(params);
  if (known?.about === about && known.ranges === ranges && known.id === id) return known.needs;
  const needs = listsIn(rules, params, around);
  byParams.set(params, { about, ranges, id, needs });
  return needs;
}
type Remembered = Pick<Surroundings, 'about' | 'ranges' | 'id'> & { readonly needs: readonly Need[] };
const remembered = new WeakMap<Rules, WeakMap<Params, Remembered>>();

type Asked = { readonly id: string; readonly decides: boolean };

function listsFor(rule: Rule, params: EntryParams, entry: Entry): Asked[] {
  const named = rule.peer.kind === 'prefix-list' ? rule.peer.id : undefined;
  const judging = listsToJudge(rule, entry).map((id) => ({ id, decides: true }));
  if (named === undefined || judging.length > 0 || params.otherwise === 'report') return judging;
  const taken = isTaken(rule, entry);
  return taken ? [{ id: named, decides: params.otherwise === 'narrow' }] : [];
}
