/**
 * Does a control that shall run in some regions only run in any of them? Where it runs nowhere, nothing is checked any
 * more, and that was not asked for.
 */
import type { Elsewhere, Surroundings } from '../../model/guardrail.ts';
import type { Reason } from '../../model/problem.ts';
import { covers } from './choose.ts';
import type { Params } from './schema.ts';

/** Undefined as soon as one of the regions has it, or may have it: what this plan does not look at is not held against it. */
export function runsNowhere(params: Params, { id, region, elsewhere }: Surroundings): Reason | undefined {
  const named = Object.keys(params.onlyIn).filter((where) => params.onlyIn[where]?.some((one) => covers(one, id)));
  if (named.length === 0 || named.includes(region)) return undefined;
  const missing = named.map((where) => ({ where, why: whyNot(elsewhere(params, where)) }));
  if (missing.some(({ why }) => why === undefined)) return undefined;
  return {
    code: 'runs-nowhere',
    message: `it would be off in every region: ${missing.map(({ where, why }) => `${where} ${why}`).join(', ')}`,
    advice:
      'name under "onlyIn" a region where this policy governs the account and the control can run, or add that region to the targets of the policy and to the fleet',
  };
}

function whyNot(there: Elsewhere): string | undefined {
  switch (there.state) {
    case 'not-governed':
      return 'is not governed for this account by this policy';
    case 'not-asked':
      return undefined;
    case 'absent':
      return 'does not have it';
    case 'unread':
      return there.reason.code === 'security-hub-not-enabled'
        ? 'does not have Security Hub enabled'
        : `could not be read (${there.reason.code})`;
    case 'seen': {
      const { value, about } = there.observation;
      if (about.unknown || about.available === false) return 'does not have it';
      const isInStandard = Object.keys(value).some((field) => field.startsWith('status '));
      return isInStandard ? undefined : 'has it in no standard that is enabled there';
    }
  }
}
