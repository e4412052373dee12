/**
 * What was reviewed, as a file that later runs can trust: for each change its place and its digest, salted, so that
 * nobody who reads it learns what it is about, and a digest over all of it. A display is never read back.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { addressKey } from '../model/address.ts';
import { canonical } from '../model/json.ts';
import type { Address, Cell, Plan } from '../model/plan.ts';
import type { Stamp } from '../model/snapshot.ts';

/** Place and digest of a change, both salted. */
export type Mark = readonly [place: string, digest: string];

type Contents = {
  readonly world: Stamp['world'];
  readonly partition: string;
  readonly fleet: string;
  readonly state: string;
  readonly salt: string;
  /** How many safety limits the plan exceeded. */
  readonly breaches: number;
  readonly cells: readonly Mark[];
};

/** The plan of a pull request, bound to the run that made it and the tree that it was made from. */
export type Reviewed = Contents & {
  readonly format: 'trueup-reviewed/1';
  readonly repository: number;
  readonly pull: number;
  readonly head: string;
  readonly base: string;
  readonly tree: string;
  readonly run: number;
  readonly digest: string;
};

/** What waits for approval; its digest is what a person approves. */
export type Pending = Contents & { readonly format: 'trueup-pending/1'; readonly digest: string };

const hex = (length: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${length}}$`));
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const commit = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const contents = {
  world: z.enum(['aws', 'sandbox']),
  partition: z.string(),
  fleet: z.string(),
  state: z.string(),
  salt: z.string().regex(/^[0-9a-f]{0,64}$/),
  breaches: z.int().min(0),
  cells: z.array(z.tuple([hex(64), hex(64)])).max(1_000_000),
  digest,
};
const reviewedShape = z.strictObject({
  ...contents,
  format: z.literal('trueup-reviewed/1'),
  repository: z.number(),
  pull: z.number(),
  head: commit,
  base: commit,
  tree: commit,
  run: z.number(),
});
const pendingShape = z.strictObject({ ...contents, format: z.literal('trueup-pending/1') });

/** @param cells those whose change is reviewed; what is held or unread is never approved */
function contentsOf(plan: Plan, cells: readonly Cell[], state: string, salt: string): Contents {
  const { world, partition, fleet } = plan.stamp;
  const changing = cells.filter(({ outcome }) => outcome === 'change');
  const marks = changing.map((cell) => markOf(cell, salt)).sort(([a], [b]) => (a < b ? -1 : 1));
  return { world, partition, fleet, state, salt, breaches: plan.breaches.length, cells: marks };
}

export function recordReviewed(
  plan: Plan,
  {
    state,
    salt,
    ...origin
  }: Pick<Reviewed, 'repository' | 'pull' | 'head' | 'base' | 'tree' | 'run' | 'state' | 'salt'>,
): Reviewed {
  return sealed({ format: 'trueup-reviewed/1', ...origin, ...contentsOf(plan, plan.cells, state, salt) });
}

export function recordPending(plan: Plan, cells: readonly Cell[], state: string, salt: string): Pending {
  return sealed({ format: 'trueup-pending/1', ...contentsOf(plan, cells, state, salt) });
}

/** `undefined`: not of this form, or changed since it was written. */
export function parseReviewed(text: string): Reviewed | undefined {
  return parse(text, reviewedShape);
}

export function parsePending(text: string): Pending | undefined {
  return parse(text, pendingShape);
}

/** Of the fresh plan: what the record approves, and what it would if it had not moved since. */
export function matchRecord(
  { salt, cells }: Pick<Contents, 'salt' | 'cells'>,
  fresh: readonly Cell[],
): { readonly approved: readonly Cell[]; readonly moved: readonly Cell[]; readonly settled: number } {
  const known = new Map(cells);
  const changing = fresh.filter(({ outcome }) => outcome === 'change');
  const asked = changing.flatMap((cell) => {
    const [place, of] = markOf(cell, salt);
    const reviewed = known.get(place);
    return reviewed === undefined ? [] : [{ cell, same: reviewed === of }];
  });
  return {
    approved: asked.filter(({ same }) => same).map(({ cell }) => cell),
    moved: asked.filter(({ same }) => !same).map(({ cell }) => cell),
    settled: cells.length - asked.length,
  };
}

export function saltedPlace(address: Address, salt: string): string {
  return salted(salt, `${address.fleet}/${addressKey(address)}`);
}

export function salted(salt: string, text: string): string {
  return createHash('sha256')
    .update(JSON.stringify([salt, text]))
    .digest('hex');
}

function markOf({ address, digest: of }: Cell, salt: string): Mark {
  return [saltedPlace(address, salt), salted(salt, of)];
}

function sealed<Content extends object>(content: Content): Content & { readonly digest: string } {
  return { ...content, digest: seal(content) };
}

function seal(content: object): string {
  return `sha256:${createHash('sha256').update(canonical(content)).digest('hex')}`;
}

function parse<Shape extends { readonly digest: string }>(text: string, shape: z.ZodType<Shape>): Shape | undefined {
  try {
    const record = shape.parse(JSON.parse(text));
    const { digest: claimed, ...content } = record;
    return seal(content) === claimed ? record : undefined;
  } catch {
    return undefined;
  }
}
