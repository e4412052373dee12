/** Was a plan, a journal or a list of accounts made where it is used now? Sandbox and real AWS never mix. */
import type { Plan } from '../model/plan.ts';
import { TrueupError } from '../model/problem.ts';
import { forTerminal } from '../render/escape.ts';
import { type Run, stampOf } from '../run.ts';

/** Neither do two fleets. @throws TrueupError `other-world` */
export function refuseOtherWorld({ stamp }: Pick<Plan, 'stamp'>, run: Pick<Run, 'fleet' | 'connection'>): void {
  const here = stampOf(run);
  const differing = (['world', 'fleet', 'partition'] as const).find((part) => stamp[part] !== here[part]);
  if (!differing) return;
  throw new TrueupError({
    code: 'other-world',
    message: `it was made for ${differing} "${forTerminal(stamp[differing])}", this run is for ${differing} "${here[differing]}"`,
    advice: 'plan again where you want to apply',
  });
}
