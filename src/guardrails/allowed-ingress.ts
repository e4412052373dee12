/**
 * Ingress on certain ports comes only from certain ranges, IPv4 and IPv6 in one statement.
 * What an entry governs and does not allow is cut out of each rule; what is left is written anew, never more than it was.
 */
import { cutsOf, type Cut as Taken } from '../ingress/cuts.ts';
import type { Cut, Restrictor, Surroundings } from '../model/guardrail.ts';
import { fieldOf, itemsOf } from '../model/json.ts';
import type { Rules } from '../model/rule.ts';
import { prefixList } from '../resources/prefix-list.ts';
import { cutting } from '../resources/security-group/operations.ts';
import { entriesAround, type RulePart } from '../resources/security-group/shrink.ts';
import { securityGroup } from '../resources/security-group.ts';
import { securityGroupUse, tellUse } from '../resources/security-group-use.ts';
import { demandedBy, meantHere } from './allowed-ingress/demanded.ts';
import { listsFor } from './allowed-ingress/lists.ts';
import { isOwn } from './allowed-ingress/resolve.ts';
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
  needs: listsFor,
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
): readonly Judged[] {
  const demanded = demandedBy(params, around);
  const here = meantHere(demanded, around, isMeant);
  if (here.every((one) => one === undefined)) return [];
  const entriesOf = entriesAround(around);
  const found: Judged[] = [];
  for (const [name, rule] of Object.entries(rules)) {
    for (const place of demanded.index.suspecting(rule)) {
      const one = here[place];
      if (!one || isOwn(rule, one.params, around)) continue;
      const taken = cutsOf(rule, one.entry, entriesOf);
      if (taken.length > 0) found.push({ name, entry: one.params, index: place, taken });
    }
  }
  // What is told stands in the order of the entries.
  return found.sort((a, b) => a.index - b.index);
}
