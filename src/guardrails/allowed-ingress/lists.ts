/** What is in which prefix lists must be known before the rules of a group can be judged? */
import { isTaken, listsToJudge } from '../../ingress/cuts.ts';
import type { Need, Surroundings } from '../../model/guardrail.ts';
import type { Rules } from '../../model/rule.ts';
import { prefixList } from '../../resources/prefix-list.ts';
import { demandedBy, meantHere } from './demanded.ts';
import { isOwn } from './resolve.ts';
import type { Params } from './schema.ts';

/**
 * The lists by whose entries something is decided; those of rules that no entry governs are nobody's business. A rule that
 * goes as a whole is looked into only for what an exception may spare of it.
 */
export function listsFor(rules: Rules, params: Params, around: Surroundings): readonly Need[] {
  const demanded = demandedBy(params, around);
  const here = meantHere(demanded, around, () => true);
  // What an entry allows is asked for once, however many rules it judges.
  const waiting = new Set(here.filter((one) => one && one.entry.allowed.prefixLists.length > 0));
  const decisive = new Set<string>();
  const others = new Set<string>();
  for (const rule of Object.values(rules)) {
    const list = rule.peer.kind === 'prefix-list' ? rule.peer.id : undefined;
    if (waiting.size === 0 && (list === undefined || decisive.has(list))) continue;
    for (const place of demanded.index.governing(rule)) {
      const one = here[place];
      if (!one || !(waiting.has(one) || (list !== undefined && !decisive.has(list)))) continue;
      const judging = isOwn(rule, one.params, around) ? [] : listsToJudge(rule, one.entry);
      for (const id of judging) decisive.add(id);
      if (judging.length > 0) waiting.delete(one);
      else if (list !== undefined && one.params.otherwise !== 'report' && isTaken(rule, one.entry))
        (one.params.otherwise === 'narrow' ? decisive : others).add(list);
    }
  }
  const spared = [...others].filter((id) => !decisive.has(id));
  return [
    ...(decisive.size > 0 ? [needOf(decisive)] : []),
    ...(spared.length > 0 ? [{ ...needOf(spared), only: 'exceptions' as const }] : []),
  ];
}

function needOf(ids: Iterable<string>): Need {
  return { reader: prefixList.name, want: { ids: [...ids].sort() } };
}
