/**
 * What was reviewed, as a file that later runs can trust: for each change its place, its digest and who used it then,
 * salted, so that nobody who reads it learns what it is about, and a digest over all of it. A display is never read back.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonical } from '../model/json.ts';
import type { Cell, Plan } from '../model/plan.ts';
import type { Stamp } from '../model/snapshot.ts';
import { type Mark, markOf, saltedPlace } from './mark.ts';

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
  /** Salted places of what would change without the pull request too, or may do so: nobody could tell it apart. */
  readonly drift: readonly string[];
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
  cells: z.array(z.tuple([hex(64), hex(64), hex(32).array(), hex(32).array()])).max(1_000_000),
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
  drift: hex(64).array(),
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
    drifting,
    ...origin
  }: Pick<Reviewed, 'repository' | 'pull' | 'head' | 'base' | 'tree' | 'run' | 'state' | 'salt'> & {
    /** Digests; absent when drift could not be told apart. */
    readonly drifting?: ReadonlySet<string>;
  },
): Reviewed {
  const changing = plan.cells.filter(({ outcome }) => outcome === 'change');
  const drift = changing.filter(({ digest }) => drifting?.has(digest) ?? true);
  const places = drift.map(({ address }) => saltedPlace(address, salt)).sort();
  const contents = contentsOf(plan, plan.cells, state, salt);
  return sealed({ format: 'trueup-reviewed/1', ...origin, drift: places, ...contents });
}

/** The record of what the pull request itself causes. It only narrows, and no longer has the digest of its content. */
export function withoutDrift(record: Reviewed): Reviewed {
  const drift = new Set(record.drift);
  return { ...record, cells: record.cells.filter(([place]) => !drift.has(place)) };
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
