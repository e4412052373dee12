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
      /** All from the nth on. */
      from: count,
      /** Only every kth. */
      every: count,
      /** At most this often. */
      times: count,
    })
    .partial(),
  do: z.union([
    z.enum(['throttle', 'deny', 'error500', 'drop', 'drop-after', 'stale', 'hold']),
    z.strictObject({ latencyMs: z.number().min(0).max(600_000) }),
    z.strictObject({ code: z.string(), status: z.int().min(400).max(599), message: z.string() }),
  ]),
});

/**
 * `drop-after` executes the request and loses the answer; `drop` loses the request; `stale` answers as the
 * same question was answered last before it struck, or when it first struck it; `hold` lets it wait until the rule is taken away, so that a test can do something
 * meanwhile without guessing how long it takes.
 */
export type Fault = z.output<typeof faultSchema>;
export type Effect = Fault['do'];

/** What takes the place of the answer. */
type Ending = Exclude<Effect, { latencyMs: number } | 'hold'>;

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
  /** What it held goes on. */
  remove(id: string): void;
  clear(): void;
  /** Resolves once the rule has fired. */
  fired(id: string): Promise<void>;
  /** What happens to this request; counts it. Delays add up, of the rest the first rule wins. */
  strike(subject: Subject): {
    readonly latencyMs: number;
    /** Resolves when nothing holds the request any more. */
    readonly held: Promise<unknown>;
    readonly effect: Ending | undefined;
    /** What was answered before, by question, where some answers are to be stale. */
    readonly answers: Map<string, object> | undefined;
  };
}

type Rule = {
  readonly fault: Fault;
  readonly first: Signal;
  readonly gone: Signal;
  readonly answers: Map<string, object>;
  seen: number;
  fired: number;
};

type Signal = { readonly given: Promise<void>; give(): void };

function createSignal(): Signal {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

export function createFaults(): Faults {
  const rules = new Map<string, Rule>();
  let count = 0;
  return {
    add(fault) {
      count += 1;
      const signals = { first: createSignal(), gone: createSignal() };
      rules.set(`fault-${count}`, { fault, ...signals, answers: new Map(), seen: 0, fired: 0 });
      return `fault-${count}`;
    },
    remove,
    clear: () => [...rules.keys()].forEach(remove),
    fired: async (id) => rules.get(id)?.first.given,
    strike(subject) {
      const meant = [...rules.values()].filter(({ fault }) => matches(fault, subject));
      const struck = meant.filter(fires);
      const effects = struck.map(({ fault }) => fault.do);
      const latencyMs = effects.reduce<number>((sum, effect) => sum + delayOf(effect), 0);
      const holding = struck.filter(({ fault }) => fault.do === 'hold').map(({ gone }) => gone.given);
      const answers = meant.find(({ fault }) => fault.do === 'stale')?.answers;
      return { latencyMs, held: Promise.all(holding), effect: effects.find(isEnding), answers };
    },
  };

  function remove(id: string): void {
    rules.get(id)?.gone.give();
    rules.delete(id);
  }
}

function delayOf(effect: Effect): number {
  return typeof effect === 'object' && 'latencyMs' in effect ? effect.latencyMs : 0;
}

function isEnding(effect: Effect): effect is Ending {
  return typeof effect === 'string' ? effect !== 'hold' : 'code' in effect;
}

function matches({ match: { service, action, account, region } }: Fault, subject: Subject): boolean {
  return (
    (service === undefined || service === subject.service) &&
    (action === undefined || action === subject.action) &&
    (region === undefined || region === subject.region) &&
    (account === undefined || subject.accounts.includes(account))
  );
}

/** Of a request that matches; counts it. */
function fires(rule: Rule): boolean {
  const { nth, from = 1, every, times } = rule.fault.match;
  rule.seen += 1;
  const { seen } = rule;
  const due = (nth === undefined || seen === nth) && seen >= from && (every === undefined || seen % every === 0);
  if (!due || (times !== undefined && rule.fired >= times)) return false;
  rule.fired += 1;
  rule.first.give();
  return true;
}
