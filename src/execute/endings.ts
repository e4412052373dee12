/** How a cell can end, in words. */
import type { Reason } from '../model/problem.ts';
import type { Step } from '../model/resource.ts';
import type { Ending } from './cell-run.ts';

export function moved(what: string): Ending {
  return {
    result: 'moved',
    reason: { code: 'moved', message: what, advice: 'nothing was changed; plan again and review what is there now' },
  };
}

export function notVerified({ call }: Step): Reason {
  return {
    code: 'not-verified',
    message: `${call.operation} was accepted, but reading back does not show it`,
    advice: 'plan again: what is still to do will be in the plan',
  };
}

export const NOT_AWAITED: Ending = {
  result: 'interrupted',
  reason: {
    code: 'interrupted',
    message: 'the last call was accepted; the run was stopped before AWS showed it',
    advice: 'plan again: what AWS shows by then is no longer in the plan',
  },
};

export const NOT_SENT: Reason = {
  code: 'not-sent',
  message: 'stopped before the call was sent',
  advice: 'the next run continues from here',
};

export const INTERRUPTED: Ending = {
  result: 'interrupted',
  reason: { code: 'interrupted', message: 'stopped on request', advice: 'the next run continues from here' },
};

export const NOT_AS_PLANNED: Reason = {
  code: 'not-as-planned',
  message: 'all its calls were accepted, but it is not as planned',
  advice: 'plan again: what is still to do will be in the plan',
};
