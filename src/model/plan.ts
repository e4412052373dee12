/** What would be done, as plain data: shown, reviewed, hashed, approved; never executed from a file. */
import type { Cause } from './guardrail.ts';
import type { Json } from './json.ts';
import type { Reason } from './problem.ts';
import type { Step, Value } from './resource.ts';
import type { Skipped, Stamp, Target } from './snapshot.ts';
import type { Exception } from './state.ts';

export type Address = Target & {
  readonly fleet: string;
  readonly resource: string;
  /** Which instance; `''` where a target has only one. */
  readonly id: string;
};

export type Outcome = 'change' | 'held' | 'unread';

/** The unit of planning, approval, execution and undo. */
export type Cell = {
  /** Where its calls go. */
  readonly address: Address;
  /** The targets that feel it, sorted, where those are others: they are counted and protected in its place. */
  readonly affects?: readonly Target[];
  /** What a person calls it: for explaining only. */
  readonly title: string;
  readonly outcome: Outcome;
  /** Why it is held or unread. */
  readonly reason?: Reason;
  readonly before: Value;
  readonly after: Value;
  readonly steps: readonly Step[];
  readonly causes: readonly Cause[];
  /** What else the decision rests on, e.g. the version of a prefix list. Part of the digest. */
  readonly inputs: { readonly [name: string]: string };
  /** Who uses it. Read again before the calls; outside the digest. */
  readonly evidence: readonly Evidence[];
  /** What the steps cannot bring about exactly, as sentences. */
  readonly lost: readonly string[];
  /** The exceptions without which more would change, where there are any: for explaining only. */
  readonly kept?: readonly Kept[];
  /** SHA-256 over the meaning of the cell; empty for an unread one. */
  readonly digest: string;
};

/** Every target that feels a cell. */
export function feltAt({ address, affects }: Pick<Cell, 'address' | 'affects'>): readonly Target[] {
  return affects ?? [address];
}

export type Way = Pick<Cell, 'before' | 'after' | 'steps'>;

/** Every value that a field has from the first call to the last; `undefined` where it is absent. */
export function valuesOnTheWay({ before, after, steps }: Way, field: string): readonly (Json | undefined)[] {
  const left = steps.flatMap(({ changes }) => changes.filter((change) => change.field === field));
  return [before[field], ...left.map((change) => change.after), after[field]];
}

/** Every value from before to after, as the steps leave it behind one by one. */
export function pointsOf({ before, steps }: Way): readonly Value[] {
  const points = [before];
  for (const one of steps) points.push(advance(points.at(-1) ?? before, one));
  return points;
}

/** The value after a step: its changes in place, everything else as it was. */
export function advance(value: Value, { changes }: Step): Value {
  const next: Record<string, Value[string]> = { ...value };
  for (const { field, after } of changes) {
    if (after === undefined) delete next[field];
    else next[field] = after;
  }
  return next;
}

/** `prefix-list/pl-0abc`, the name of an input, taken apart. */
export function splitInput(input: string): { readonly reader: string; readonly id: string } {
  const slash = input.indexOf('/');
  return { reader: input.slice(0, slash), id: input.slice(slash + 1) };
}

/** `fields`: what stays because of the exception, whole or in part. */
export type Kept = Pick<Exception, 'owner' | 'expires' | 'at'> & { readonly fields: readonly string[] };

export type Evidence = {
  readonly reader: string;
  /** Ids of the users, sorted. */
  readonly users: readonly string[];
  /** The same for a person: for explaining only. */
  readonly sentence: string;
  /** Who they are, as it follows "used by" or "for": for explaining only. */
  readonly whom?: string;
};

/** A governed target. */
export type TargetSummary = Target & {
  /** How many resources there agree with the state. */
  readonly inState: number;
  /** How many resources each guardrail governs there, whether they agree or not. */
  readonly governed: { readonly [guardrail: string]: number };
  readonly digest: string;
};

/** An exception that holds at some target of this plan, or that has run out. */
export type Exemption = {
  readonly exception: Exception;
  /** Negative once expired; an expired exception acts as absent. */
  readonly daysLeft: number;
  /** How many cells it spares something in; 0 means that it can be removed. */
  readonly spares: number;
};

export type Note = {
  readonly code: string;
  readonly message: string;
  readonly at?: Cause['at'];
  /** What it is about, when that is one instance: where it is, what it is called, and which field of it. */
  readonly address?: Address;
  readonly title?: string;
  readonly field?: string;
  /** How many instances of a target it is about, where it is about no single one. */
  readonly count?: number;
};

/** Which part of a plan this is, and what it was planned from: all parts must have that in common. */
export type Share = {
  /** Counted from 1. */
  readonly index: number;
  readonly of: number;
  /** Digests: `state`, `accounts`, `only`; and the `day`. */
  readonly basis: { readonly [what: string]: string };
};

export type Plan = {
  readonly format: 'trueup-plan/1';
  readonly stamp: Stamp;
  /** Absent in a whole plan. */
  readonly share?: Share;
  readonly cells: readonly Cell[];
  readonly targets: readonly TargetSummary[];
  /** What accounts are called: for explaining only. */
  readonly names: { readonly [account: string]: string };
  readonly skipped: readonly Skipped[];
  readonly exemptions: readonly Exemption[];
  readonly notes: readonly Note[];
  /** Safety limits that the changes exceed; while there are any, only what is approved by digest is applied. */
  readonly breaches: readonly Reason[];
  /** Root over cells and targets: `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
};
