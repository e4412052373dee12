/** Does `--only` name what is there? */
import { guardrails } from '../guardrails/index.ts';
import type { Inventory } from '../model/snapshot.ts';
import { unknownIn } from '../plan/govern.ts';
import type { Run } from '../reconcile.ts';
import { usageError } from './io.ts';

/**
 * A typo must not look like a fleet in which nothing is missing.
 * @throws TrueupError `usage`
 */
export function refuseUnknown(inventory: Inventory, { only }: Pick<Run, 'only'>): void {
  const unknown = only ? unknownIn(only, inventory, guardrails) : [];
  if (unknown.length === 0) return;
  throw usageError(`--only names what is not there: ${unknown.join(', ')}`, '"trueup targets" shows what there is');
}
