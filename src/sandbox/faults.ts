/** What goes wrong, when, and how: rules that tests set to see what callers do about it. */
import { z } from 'zod';

const count = z.int().min(1);

export const faultSchema = z.strictObject({
  match: z
    .strictObject({
      service: z.string(),
      action: z.string(),
      /** The account that the request comes from; for AssumeRole also the one that the role is in. */
      account: z.string(),
      region: z.string(),
      /** Only the nth request that matches, counted from 1. */
      nth: count,
      /** Only every kth. */
      every: count,
      /** At most this often. */
      times: count,
    })
    .partial(),
  do: z.union([
    z.enum(['throttle', 'deny', 'error500', 'drop', 'drop-after']),
    z.strictObject({ latencyMs: z.number().min(0).max(600_000) }),
    z.strictObject({ code: z.string(), status: z.int().min(400).max(599), message: z.string() }),
  ]),
});

/** `drop-after` executes the request and loses the answer; `drop` loses the request. */
export type Fault = z.output<typeof faultSchema>;
export type Effect = Fault['do'];

/** What a fault can be matched on. */
export type Subject = {
  readonly service: string;
  readonly action: string;
  readonly region: string;
  readonly accounts: readonly string[];
};

export interface Faults {
  /** @returns The id of the rule. */
  add(fault: Fault): string;
  remove(id: string): void;
  clear(): void;
  /** What happens to this request; counts it. Delays add up, of the rest the first rule wins. */
  strike(subject: Subject): {
    readonly latencyMs: number;
    readonly effect: Exclude<Effect, { latencyMs: number }> | undefined;
  };
}

type Rule = { readonly fault: Fault; seen: number; fired: number };

export function createFaults(): Faults {
  const rules = new Map<string, Rule>();
  let count = 0;
  return {
    add(fault) {
      count += 1;
      rules.set(`fault-${count}`, { fault, seen: 0, fired: 0 });
      return `fault-${count}`;
    },
    remove: (id) => void rules.delete(id),
    clear: () => rules.clear(),
    strike(subject) {
      const effects = [...rules.values()].filter((rule) => fires(rule, subject)).map(({ fault }) => fault.do);
      const latencyMs = effects.reduce<number>((sum, effect) => sum + delayOf(effect), 0);
      return { latencyMs, effect: effects.find(isEnding) };
    },
  };
}

function delayOf(effect: Effect): number {
  return typeof effect === 'object' && 'latencyMs' in effect ? effect.latencyMs : 0;
}

function isEnding(effect: Effect): effect is Exclude<Effect, { latencyMs: number }> {
  return typeof effect === 'string' || 'code' in effect;
}

function fires(rule: Rule, subject: Subject): boolean {
  const { service, action, account, region, nth, every, times } = rule.fault.match;
  const matches =
    (service === undefined || service === subject.service) &&
    (action === undefined || action === subject.action) &&
    (region === undefined || region === subject.region) &&
    (account === undefined || subject.accounts.includes(account));
  if (!matches) return false;
  rule.seen += 1;
  const due = (nth === undefined || rule.seen === nth) && (every === undefined || rule.seen % every === 0);
  if (!due || (times !== undefined && rule.fired >= times)) return false;
  rule.fired += 1;
  return true;
}
