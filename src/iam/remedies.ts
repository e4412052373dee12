/** What must be added where, as the statement itself, for something that was refused? Pure. */
import type { Statement } from '../model/aws.ts';
import type { Operation } from '../model/operation.ts';
import type { Fleet } from '../model/state.ts';
import { fillWith, policyDocument } from './documents.ts';
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

/** For assuming a role: both sides must agree. `caller` is the ARN of the session that called. */
export function assuming(role: string, caller: string, fleet: Fleet, place: Place): Remedy[] {
  const from = roleOfSession(caller);
  const external = fleet.externalId === undefined ? {} : { StringEquals: { 'sts:ExternalId': ['(external id)'] } };
  const trust: TrustStatement = {
    Effect: 'Allow',
    Principal: { AWS: from },
    Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
    Condition: external,
  };
  const { name } = placeOfRole(role);
  const arn = fillWith(place)(roleArn(placeOfRole(role), place.account));
  return [
    { where: `the trust policy of the role ${name} in account ${place.account}`, add: trust },
    { where: `the policy of the caller, ${from}`, add: allow(['sts:AssumeRole', 'sts:SetSourceIdentity'], arn) },
  ];
}

/** `arn:aws:sts::1:assumed-role/hub/run` → the role, as far as its name tells: a session does not say its path. */
function roleOfSession(arn: string): string {
  const [, partition, account, name] = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return name === undefined ? arn : `arn:${partition}:iam::${account}:role/${name}`;
}

function filled(statements: readonly Statement[], place: Place): Statement[] {
  return policyDocument(statements, fillWith(place)).Statement as unknown as Statement[];
}
