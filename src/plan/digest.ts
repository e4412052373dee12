/** What a plan means, as a hash: no times, no order, no ids of rules, no commit. */
import { createHash } from 'node:crypto';
import { canonical, canonicalFields } from '../model/json.ts';
import type { Cell, Plan } from '../model/plan.ts';
import type { Stamp } from '../model/snapshot.ts';

type Meaning = Pick<Cell, 'address' | 'affects' | 'before' | 'after' | 'steps' | 'inputs'>;

/** SHA-256 over target, resource, who feels it, before, after, steps and inputs; 64 hexadecimal digits. */
export function digestOf(stamp: Stamp, { address, affects, before, after, steps, inputs }: Meaning): string {
  const { world, partition } = stamp;
  // Effects explain and never decide, so they stay out; the calls and the fields they move are what is approved.
  const meaning = steps.map(({ call, changes }) => ({ call, fields: changes.map(({ field }) => field) }));
  const whole = { world, partition, address, affects, before, after, steps: meaning, inputs };
  const texts = new Map<unknown, string>();
  const textOf = (fields: Cell['before']): string => canonicalFields(fields, (value) => writeOnce(value, texts));
  return hash(
    canonicalFields(whole, (part) => {
      if (part === before) return textOf(before);
      return part === after ? textOf(after) : canonical(part);
    }),
  );
}

/** Most of a value that changes stays: the same rules stand before and after. */
function writeOnce(value: unknown, texts: Map<unknown, string>): string {
  const text = texts.get(value) ?? canonical(value);
  texts.set(value, text);
  return text;
}

/** Cells that show something else than what their digest stands for. */
export function forged({ stamp, cells }: Pick<Plan, 'stamp' | 'cells'>): Plan['cells'] {
  return cells.filter((cell) => cell.digest !== '' && cell.digest !== digestOf(stamp, cell));
}

/** The root over all cells: `sha256:` and 64 hexadecimal digits. */
export function rootDigest(stamp: Stamp, cells: Plan['cells']): string {
  const { world, partition, fleet } = stamp;
  const leaves = cells.map(({ address, outcome, reason, digest }) => ({
    address,
    outcome,
    digest,
    reason: reason?.code ?? null,
  }));
  return `sha256:${sha256({ world, partition, fleet, leaves: leaves.map(canonical).sort() })}`;
}

export function sha256(value: unknown): string {
  return hash(canonical(value));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
