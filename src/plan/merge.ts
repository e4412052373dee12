/** How do the shares of a plan, made by several machines, become the one plan that is shown and approved? Pure. */
import { byText, targetKey } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import { same } from '../model/json.ts';
import type { Exemption, Note, Plan } from '../model/plan.ts';
import { TrueupError } from '../model/problem.ts';
import type { ChangeLimits } from '../model/state.ts';
import { forged, rootDigest } from './digest.ts';
import { breachesOf } from './limits.ts';
import { cellKey } from './plan.ts';
import { shardOf } from './shard.ts';

/**
 * The plan that one machine would have made, from the shares that many made: the same cells and the same digest,
 * with the limits judged over the whole.
 *
 * @throws TrueupError `shares-do-not-fit` that says what is missing, doubled, altered, or planned from something else.
 */
export function mergePlans(parts: readonly Plan[], limits: ChangeLimits): Plan {
  const faults = [...countFaults(parts), ...basisFaults(parts), ...parts.flatMap(contentFaults)];
  const [first] = parts;
  if (!first || faults.length > 0) throw notFitting(faults);
  const { share: _, ...common } = first;
  const cells = parts.flatMap((part) => part.cells).sort(byText(cellKey));
  const targets = parts.flatMap((part) => part.targets).sort(byText(targetKey));
  return {
    ...common,
    cells,
    targets,
    names: Object.fromEntries(parts.flatMap(({ names }) => Object.entries(names)).sort(byText(([id]) => id))),
    skipped: parts.flatMap(({ skipped }) => skipped).sort(byText(({ id }) => id)),
    exemptions: first.exemptions.map((exemption, index) => ({ ...exemption, spares: sparedIn(parts, index) })),
    notes: [...first.notes.filter(isOfState), ...parts.flatMap(({ notes }) => notes.filter(isOfTarget)).sort(byTarget)],
    breaches: breachesOf(cells, targets, limits),
    digest: rootDigest(first.stamp, cells),
  };
}

/** Notes on the state itself are in every share; those on an instance are in the share of its account. */
const isOfState = ({ address }: Note): boolean => address === undefined;
const isOfTarget = (note: Note): boolean => !isOfState(note);
const byTarget = byText(({ address }: Note) => (address ? targetKey(address) : ''));

function sparedIn(parts: readonly Plan[], index: number): number {
  return parts.reduce((sum, { exemptions }) => sum + (exemptions[index]?.spares ?? 0), 0);
}

function countFaults(parts: readonly Plan[]): string[] {
  const marked = parts.flatMap(({ share }) => share ?? []);
  const [first] = marked;
  if (!first) return ['none of them is the share of a plan'];
  const seen = groupBy(marked, ({ index }) => index);
  const all = Array.from({ length: first.of }, (_, index) => index + 1);
  return [
    ...(marked.length < parts.length ? ['one of them is a whole plan'] : []),
    ...marked.filter(({ of }) => of !== first.of).map(({ index, of }) => `one of them is share ${index} of ${of}`),
    ...all.filter((index) => !seen.has(index)).map((index) => `share ${index} of ${first.of} is missing`),
    ...[...seen].filter(([, some]) => some.length > 1).map(([index]) => `share ${index} of ${first.of} is there twice`),
  ];
}

const BASES: { readonly [basis: string]: string } = {
  state: 'from another state',
  accounts: 'for another list of accounts: share one with --inventory',
  only: 'with another --only',
  day: 'on another day, when other exceptions hold',
};

function basisFaults([first, ...others]: readonly Plan[]): string[] {
  if (!first) return [];
  return others.flatMap((part) => {
    const basis = Object.keys(BASES).filter((key) => part.share?.basis[key] !== first.share?.basis[key]);
    const bound = ({ exemptions }: Plan): unknown => exemptions.map(({ spares: _, ...rest }: Exemption) => rest);
    const differs = [
      ...basis.map((key) => BASES[key]),
      ...(same(part.stamp, first.stamp) ? [] : ['by another caller or version, or for another fleet']),
      ...(same(part.notes.filter(isOfState), first.notes.filter(isOfState)) ? [] : ['beside another base']),
      ...(basis.length > 0 || same(bound(part), bound(first)) ? [] : ['with other exceptions']),
    ];
    return differs.map(
      (how) => `share ${part.share?.index} was planned ${how}, compared with share ${first.share?.index}`,
    );
  });
}

/** What is shown must be what its digest stands for, or somebody would approve one thing by reading another. */
function contentFaults(plan: Plan): string[] {
  const { stamp, cells, targets, digest, share } = plan;
  if (!share) return [];
  const name = `share ${share.index}`;
  const strays = [...cells.map(({ address }) => address), ...targets].filter(
    ({ account }) => shardOf(account, share.of) !== share.index,
  );
  const altered = forged(plan).length > 0 || digest !== rootDigest(stamp, cells);
  return [
    ...(strays.length > 0 ? [`${name} has account ${strays[0]?.account}, which is not its own`] : []),
    ...(altered ? [`${name} was altered: its digests do not fit`] : []),
  ];
}

function notFitting(faults: readonly string[]): TrueupError {
  return new TrueupError({
    code: 'shares-do-not-fit',
    message: `these plans do not make one: ${faults.length > 0 ? faults.join('; ') : 'there is none'}`,
    advice: 'plan every share of the same commit, with the same options and the same --inventory, and merge them all',
  });
}
