/**
 * Has a declarative policy of the organisation taken a setting over? Then the account cannot change it: a write is
 * refused by the service itself, with an error code that AWS does not document. So it is asked for, never tried.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_declarative.html
 */
import type { Reason } from '../model/problem.ts';

/** @param note the sentence that the organisation shows with its refusals, where a read brings it along */
export function managedByPolicy(managedBy: string | undefined, note?: string): { readonly managedBy?: Reason } {
  if (managedBy === undefined || managedBy === 'account') return {};
  const who = managedBy === 'declarative-policy' ? 'a declarative policy of the organisation' : managedBy;
  return {
    managedBy: {
      code: 'managed-elsewhere',
      message: `managed by ${who}${note ? `, which says: ${note.slice(0, 200)}` : ''}`,
      advice: 'change that policy in AWS Organizations, or leave this account out of the targets of this guardrail',
    },
  };
}
