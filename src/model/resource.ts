/** Something in AWS with a value that can be read, and moved from one value to another. */
import type { Aws } from './aws.ts';
import { canonical, type Json } from './json.ts';
import type { Call, Operation } from './operation.ts';
import type { Reason } from './problem.ts';

/**
 * A value is a flat record: field → plain data. A field that is not there is absent. Differences, digests,
 * continuing after a crash and undo are all defined on these fields, once, for every resource.
 */
export type Value = { readonly [field: string]: Json };

/** Where a resource's calls go: to a region of an account, or once per account. */
export type Scope = 'region' | 'global';

export type Observation<V extends Value = Value> = {
  readonly value: V;
  /** What AWS needs but nobody decides (rule ids, versions): outside comparison and digest. */
  readonly handles: { readonly [key: string]: string };
  /** What it is called and where it stands: for selecting and explaining, never changed by Trueup. */
  readonly about: { readonly [fact: string]: Json };
  /** Something about it could not be understood: it is known to be there, and never judged. */
  readonly unread?: Reason;
  /** Read broadly: the value lacks what only a closer read tells (rule ids and tags). Never planned from. */
  readonly broad?: true;
  /** Somebody else decides this value and AWS would refuse a change from here: it is held, and never attempted. */
  readonly managedBy?: Reason;
  /** AWS is still at work on it, and would refuse a change for that: worth waiting for a while; then it is held. */
  readonly busy?: Reason;
};

/** The pauses between looks at what is busy, in milliseconds: a little over a minute in all. */
export const BUSY_PAUSES_MS: readonly number[] = [2000, 5000, 10_000, 20_000, 30_000];

/** Why there is a pause, for a person. What is busy may be named only where all may be told. */
export function stillBusy({ code }: Reason): string {
  const seconds = BUSY_PAUSES_MS.reduce((sum, pause) => sum + pause, 0) / 1000;
  return `waiting while AWS is still at work (${code}): looked at again for up to ${seconds} seconds`;
}

/** What tells one state of an observation from another: its own version where it has one. */
export function versionOf({ handles, value }: Observation): string {
  return handles.version ?? canonical(value);
}

/**
 * Which instances of a resource to read. Without `ids` and `names`: all. `close` asks for everything there is to
 * know about them, which costs more calls.
 */
export type Want = {
  readonly ids?: readonly string[];
  readonly names?: readonly string[];
  readonly close?: true;
  /** Only the value and its handles: what it is about was read right before. A reader may bring more. */
  readonly again?: true;
};

/** Reads one kind of thing at one place; `id` → observation, `''` where a place has only one. */
export interface Reader<V extends Value = Value> {
  readonly name: string;
  readonly scope: Scope;
  readonly reads: readonly Operation[];
  /** Those of `reads` that only tell a person more, and decide nothing: the executor, which looks again, never sends them. */
  readonly tells?: readonly Operation[];
  read(aws: Aws, want: Want): Promise<{ readonly [id: string]: Observation<V> }>;
}

/**
 * `keeps`: comes or goes, and neither opens nor closes anything, seen with all that is there. `unclear`: it may loosen,
 * and which of the two values is the stricter one is not known.
 */
export type Effect = 'tightens' | 'loosens' | 'unclear' | 'neutral' | 'keeps';

/**
 * One field of a value that moves. `effect` and wording are for the reader of a plan and steer no call; a schedule leaves
 * what does not tighten to people.
 */
export type Change = {
  readonly field: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly effect: Effect;
  /** Which causes of its cell ask for it, by their place among them; left out where all of them do. For explaining only. */
  readonly causes?: readonly number[];
};

/** One call and the changes it brings about. */
export type Step = { readonly call: Call; readonly changes: readonly Change[] };

/** An instance in other accounts that a field decides; without `id`: all that nothing else decides. */
export type Decided = { readonly resource: string; readonly id?: string };

export interface Resource<V extends Value = Value> extends Reader<V> {
  readonly writes: readonly Operation[];
  /** How long AWS may go on answering with the old value after it has accepted a change; seconds, unless said. */
  readonly settlesWithinMs?: number;
  /** The calls that lead from one value to another, in order. Pure; undo is the same with its arguments turned round. */
  transition(from: V, to: V, id: string): readonly Step[];
  /** What is lost on the way, in words for the plan: what cannot be had back, what an undo cannot restore, who is shut out. */
  losses?(from: V, to: V): readonly string[];
  /** The value that AWS lets anybody reach from `from` on the way to `to`; `to` itself unless said. */
  reachable?(from: V, to: V): V;
  /** Of a resource that decides others from elsewhere: what a field of it means there, if anything. */
  decides?(field: string): Decided | undefined;
  /** For the reference: what a way back cannot restore as it was, as a sentence; without it: everything returns. */
  readonly undo?: string;
  /**
   * The same steps with the effect of each change on the whole: what one change alone would open, another rule may have
   * let in before. Unless given, each change is what it is by itself.
   */
  weigh?(from: V, to: V, steps: readonly Step[], around: Pick<Room, 'look'>): readonly Step[];
  /** How CloudTrail finds what was done to it; by the requests it is written with, unless said. */
  readonly trail?: Trail;
  /** Why AWS would refuse one of the steps for want of room; nothing when there is enough. */
  overflow?(before: V, steps: readonly Step[], room: Room): Reason | undefined;
}

/** `byId`: CloudTrail knows it by its id. `events`: what has to be looked for by the names of the events that change it. */
export type Trail = { readonly byId?: true; readonly events: readonly string[] };

/** What decides whether there is room: quotas, and what weighs how much. */
export type Room = {
  readonly rulesPerGroup: number;
  /** An observation from the same target, or undefined if it was not read. */
  look(reader: string, id: string): Observation | undefined;
};

/** A step that adds, changes or removes nothing but what it says. */
export function step(call: Call, ...changes: readonly Change[]): Step {
  return { call, changes };
}

/** The change of one field between two values. */
export function changed<V extends Value>(field: keyof V & string, from: V, to: V, effect: Effect): Change {
  const before = from[field];
  const after = to[field];
  return {
    field,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    effect,
  };
}

/** What the executor sends to look again, before a change and after it. */
export function looksOf({ reads, tells = [] }: Pick<Reader, 'reads' | 'tells'>): readonly Operation[] {
  return reads.filter((operation) => !tells.includes(operation));
}
