/** What must be added where, as the statement itself, for something that was refused? Pure. */
import type { Statement } from '../model/aws.ts';
import type { Operation } from '../model/operation.ts';
import type { Reason } from '../model/problem.ts';
import type { Fleet } from '../model/state.ts';
import { fillWith, policyDocument, trustDocument } from './documents.ts';
import { trustInHub } from './member-roles.ts';
import { allow, placeOfRole, roleArn, statementsFor, type TrustStatement } from './role.ts';

export type Remedy = { readonly where: string; readonly add: Statement | TrustStatement };

type Place = { readonly partition: string; readonly account: string };

/** For the permissions of one operation. */
export function allowing(operation: Operation, role: string, place: Place): Remedy[] {
  return filled(statementsFor([operation]), place).map((add) => ({
    where: `the policy of the role ${placeOfRole(role).name} in account ${place.account}`,
    add,
  }));
}

/** Would a statement mend it? No permission overrules a denial, and none switches a region on. */
export function isMendable({ code, message }: Reason): boolean {
  if (/ was denied (by|explicitly)/.test(message)) return false;
  return ['access-denied', 'role-not-assumable', 'source-identity-not-allowed'].includes(code);
}

/** For assuming a role: both sides must agree. `caller` is the ARN of the session that called. The trust is that of `trueup iam`. */
export function assuming(role: string, caller: string, fleet: Fleet, place: Place): Remedy[] {
  const from = principalOf(caller);
  const { name } = placeOfRole(role);
  const hub = caller.split(':')[4] ?? '';
  const values = { ...place, hub, externalId: '(external id)' };
  const trust = trustDocument({ trust: trustInHub([from], fleet) }, fillWith(values)).Statement;
  const arn = fillWith(place)(roleArn(placeOfRole(role), place.account));
  return [
    ...(trust as unknown as readonly TrustStatement[]).map((add) => ({
      where: `the trust policy of the role ${name} in account ${place.account}`,
      add,
    })),
    { where: `the policy of the caller, ${from}`, add: allow(['sts:AssumeRole', 'sts:SetSourceIdentity'], arn) },
  ];
}

/**
 * `arn:aws:sts::1:assumed-role/hub/run` → the role, as far as its name tells: a session does not say its path. Only
 * those of IAM Identity Center stand in a known one, perhaps with a region in it.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
function principalOf(arn: string): string {
  const [, partition, account, name] = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (name === undefined) return arn;
  const path = name.startsWith('AWSReservedSSO_') ? 'aws-reserved/sso.amazonaws.com/*' : '';
  return `arn:${partition}:iam::${account}:role/${path}${name}`;
}

function filled(statements: readonly Statement[], place: Place): Statement[] {
  return policyDocument(statements, fillWith(place)).Statement as unknown as Statement[];
}
