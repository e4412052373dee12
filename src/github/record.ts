/**
 * What was reviewed, as a file that later runs can trust: for each change its place, its digest and who used it then,
 * salted, so that nobody who reads it learns what it is about, and a digest over all of it. A display is never read back.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Coverage } from '../execute/approve.ts';
import { addressKey } from '../model/address.ts';
import { canonical } from '../model/json.ts';
import type { Address, Cell, Outcome, Plan } from '../model/plan.ts';
import type { Stamp } from '../model/snapshot.ts';

/**
 * Place and digest of a change, who used it, and what it is within (its account; its kind at its target), by which one
 * that a later plan does not have is told from one that could not be looked at. All salted, and with the place in it:
 * nobody sees which changes have something in common.
 */
export type Mark = readonly [place: string, digest: string, users: readonly string[], within: readonly string[]];

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

/** A change that was reviewed, and is used by somebody who was not there then. */
export type NewlyUsed = { readonly cell: Cell; readonly newcomers: readonly string[] };

export type Match = {
  readonly approved: readonly Cell[];
  readonly newlyUsed: readonly NewlyUsed[];
  /** Would be approved, had it not changed since. */
  readonly moved: readonly Cell[];
  /** Reviewed as a change, and stopped by a safety rule since. */
  readonly held: readonly Cell[];
  /** Behind which something reviewed may be, as it was or not: nobody can say. */
  readonly unread: readonly Cell[];
  /** How many changes of the record are behind those. */
  readonly unknown: number;
  /** How many need no change any more: all of them were looked at. */
  readonly settled: number;
};

/** Of the fresh plan: what the record approves, and what it would if nothing had happened since. */
export function matchRecord(
  { salt, cells }: Pick<Contents, 'salt' | 'cells'>,
  fresh: readonly Cell[],
  covers: Coverage = (cell, approves) => approves(cell.digest),
): Match {
  const marks = new Map(cells.map((mark) => [mark[0], mark]));
  const asked = fresh.flatMap((cell) => {
    const mark = marks.get(saltedPlace(cell.address, salt));
    return mark ? [{ cell, mark }] : [];
  });
  const changing = asked.flatMap(({ cell, mark: [, reviewed, users] }) => {
    if (cell.outcome !== 'change') return [];
    const same = covers(cell, (of) => salted(salt, of) === reviewed);
    return [{ cell, same, newcomers: same ? newcomersTo(cell, new Set(users), salt) : [] }];
  });
  const met = new Set(asked.map(({ mark }) => mark));
  const hidden = hiddenBehind(
    fresh,
    cells.filter((mark) => !met.has(mark)),
    salt,
  );
  const withOutcome = (outcome: Outcome): Cell[] =>
    asked.filter(({ cell }) => cell.outcome === outcome).map(({ cell }) => cell);
  return {
    approved: changing.filter(({ same, newcomers }) => same && newcomers.length === 0).map(({ cell }) => cell),
    newlyUsed: changing.filter(({ newcomers }) => newcomers.length > 0),
    moved: changing.filter(({ same }) => !same).map(({ cell }) => cell),
    held: withOutcome('held'),
    unread: [...new Set([...withOutcome('unread'), ...hidden.map(({ cell }) => cell)])],
    unknown: withOutcome('unread').length + hidden.length,
    settled: cells.length - met.size - hidden.length,
  };
}

/** Of what a plan does not have: each that is where the plan could not look, with the cell that says so. */
function hiddenBehind(
  fresh: readonly Cell[],
  missing: readonly Mark[],
  salt: string,
): { readonly cell: Cell; readonly mark: Mark }[] {
  const wide = fresh.filter(({ outcome, address }) => outcome === 'unread' && address.id === '');
  const scopes = wide.map((cell) => ({ cell, scope: scopeOf(cell.address) }));
  return missing.flatMap((mark) => {
    const [place, , , within] = mark;
    const behind = scopes.find(({ scope }) => within.includes(saltedScope(place, scope, salt)));
    return behind ? [{ cell: behind.cell, mark }] : [];
  });
}

/** What an unread cell without an id stands for: an account of which nothing is known, or all of a kind at a target. */
function scopeOf({ fleet, account, region, resource }: Address): string {
  return region === '*' ? `${fleet}/${account}` : `${fleet}/${account}/${region}/${resource}`;
}

function saltedScope(place: string, scope: string, salt: string): string {
  return salted(salt, `${place} is within ${scope}`).slice(0, 32);
}

function newcomersTo(cell: Cell, known: ReadonlySet<string>, salt: string): string[] {
  return usersOf(cell).filter((user) => !known.has(saltedUser(cell, user, salt)));
}

function usersOf({ evidence }: Cell): string[] {
  return [...new Set(evidence.flatMap(({ users }) => users))];
}

/** With the place in it, so that nobody sees whether two places have a user in common. */
function saltedUser({ address }: Cell, user: string, salt: string): string {
  return salted(salt, `${address.fleet}/${addressKey(address)} is used by ${user}`).slice(0, 32);
}

export function saltedPlace(address: Address, salt: string): string {
  return salted(salt, `${address.fleet}/${addressKey(address)}`);
}

export function salted(salt: string, text: string): string {
  return createHash('sha256')
    .update(JSON.stringify([salt, text]))
    .digest('hex');
}

function markOf(cell: Cell, salt: string): Mark {
  const { address } = cell;
  const place = saltedPlace(address, salt);
  const users = usersOf(cell).map((user) => saltedUser(cell, user, salt));
  const scopes = [scopeOf({ ...address, region: '*' }), scopeOf(address)];
  const within = scopes.map((scope) => saltedScope(place, scope, salt));
  return [place, salted(salt, cell.digest), users.sort(), within];
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
