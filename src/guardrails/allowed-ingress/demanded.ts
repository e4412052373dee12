/** All entries that stand under one `allowed-ingress`, resolved, and arranged for finding those that a rule has to do with. */
import type { Entry } from '../../ingress/entry.ts';
import { type EntryIndex, indexEntries } from '../../ingress/entry-index.ts';
import type { Surroundings } from '../../model/guardrail.ts';
import type { Ranges } from '../../model/state.ts';
import { selects } from '../group-selection.ts';
import { resolve } from './resolve.ts';
import type { EntryParams, Params } from './schema.ts';

/** An entry as it is written, and as geometry takes it. */
export type Demanded = { readonly params: EntryParams; readonly entry: Entry; readonly index: number };
export type AllDemanded = { readonly all: readonly Demanded[]; readonly index: EntryIndex };

/** The same object for the same entries and ranges: thousands of groups are judged by it. */
export function demandedBy(params: Params, { ranges }: Pick<Surroundings, 'ranges'>): AllDemanded {
  const last = known.get(params);
  if (last?.ranges === ranges) return last.demanded;
  const all = params.map((one, index): Demanded => ({ params: one, entry: resolve(one, { ranges }), index }));
  const demanded = { all, index: indexEntries(all.map(({ entry }) => entry)) };
  known.set(params, { ranges, demanded });
  return demanded;
}

const known = new WeakMap<Params, { readonly ranges: Ranges; readonly demanded: AllDemanded }>();

/** Those of the entries that are meant and that mean this group, at the places where all of them stand. */
export function meantHere(
  { all }: AllDemanded,
  around: Surroundings,
  isMeant: (params: EntryParams) => boolean,
): readonly (Demanded | undefined)[] {
  return all.map((one) => (isMeant(one.params) && selects(one.params.groups, around) ? one : undefined));
}
