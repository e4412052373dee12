/** What is in which prefix lists must be known before the rules of a group can be judged? */
import { isTaken, listsToJudge } from '../../ingress/entry.ts';
import type { Need, Surroundings } from '../../model/guardrail.ts';
import type { Rule, Rules } from '../../model/rule.ts';
import { prefixList } from '../../resources/prefix-list.ts';
import { type Demanded, demandedBy, meantHere } from './demanded.ts';
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
  const asked: Asked[] = [];
  for (const rule of Object.values(rules)) {
    if (waiting.size === 0 && rule.peer.kind !== 'prefix-list') continue;
    for (const place of demanded.index.governing(rule)) {
      const one = here[place];
      if (!one) continue;
      if (rule.peer.kind === 'prefix-list') asked.push(...listsThrough(rule, rule.peer.id, one));
      if (waiting.has(one) && listsToJudge(rule, one.entry).length > 0 && !isOwn(rule, one.params, around)) {
        waiting.delete(one);
        asked.push(...one.entry.allowed.prefixLists.map((id) => ({ id, decides: true })));
      }
    }
  }
  return needed(asked);
}

type Asked = { readonly id: string; readonly decides: boolean };

function listsThrough(rule: Rule, id: string, { params, entry }: Demanded): readonly Asked[] {
  const judging = listsToJudge(rule, entry).map((one) => ({ id: one, decides: true }));
  if (judging.length > 0 || params.otherwise === 'report' || !isTaken(rule, entry)) return judging;
  return [{ id, decides: params.otherwise === 'narrow' }];
}

function needed(asked: readonly Asked[]): readonly Need[] {
  const decisive = new Set(asked.flatMap(({ id, decides }) => (decides ? id : [])));
  const others = new Set(asked.flatMap(({ id }) => (decisive.has(id) ? [] : id)));
  return [
    ...(decisive.size > 0 ? [{ reader: prefixList.name, want: { ids: [...decisive].sort() } }] : []),
    ...(others.size > 0
      ? [{ reader: prefixList.name, want: { ids: [...others].sort() }, only: 'exceptions' as const }]
      : []),
  ];
}
