/** With which fleet does a change of the fleet itself work? Before its merge with the old one, and then with the stricter. */
import { same } from '../model/json.ts';
import type { Fleet } from '../model/state.ts';
import { stricterLimits } from './change-limits.ts';

/** The fleet that a pull request's plan works with: reached and kept safe as before it, selecting as it wants to. */
export function trustedFleet(base: Fleet, head: Fleet): Fleet {
  const { include, exclude, regions, callingAccount } = head;
  return { ...base, include, exclude, regions, callingAccount, drift: stricterDrift(base, head) };
}

/** The first apply of a change still keeps the stricter of both. */
export function stricterFleet(base: Fleet, head: Fleet): Fleet {
  const [was, is] = [base.safety, head.safety];
  return {
    ...head,
    fences: union(base.fences, head.fences),
    heal: head.heal.filter((guardrail) => base.heal.includes(guardrail)),
    drift: stricterDrift(base, head),
    ...(head.securityHub && { securityHub: { ...head.securityHub, central: stricterCentral(base, head) } }),
    safety: {
      limits: stricterLimits(was.limits, is.limits),
      neverTouch: union(was.neverTouch, is.neverTouch),
      maxExceptionDays: Math.min(was.maxExceptionDays, is.maxExceptionDays),
      rulesPerGroup: Math.min(was.rulesPerGroup, is.rulesPerGroup),
    },
  };
}

/** To plan what is felt in many accounts must have been allowed before, and of the same administrator. */
function stricterCentral({ securityHub: was }: Fleet, { securityHub: is }: Fleet): 'hold' | 'plan' {
  const both = was?.central === 'plan' && is?.central === 'plan' && was.administrator === is.administrator;
  return both ? 'plan' : 'hold';
}

function stricterDrift({ drift: was }: Fleet, { drift: is }: Fleet): Fleet['drift'] {
  return was === 'pending' || is === 'pending' ? 'pending' : 'merge';
}

function union<Item>(some: readonly Item[], others: readonly Item[]): Item[] {
  return [...some, ...others.filter((other) => !some.some((one) => same(one, other)))];
}
