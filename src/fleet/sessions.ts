/** How is a session for reading opened? The one place that decides between the caller's own session and the read role. */
import type { Aws, Connection, PolicyDocument, Statement } from '../model/aws.ts';
import { groupBy } from '../model/group-by.ts';
import type { Operation } from '../model/operation.ts';
import { TrueupError } from '../model/problem.ts';
import type { Target } from '../model/snapshot.ts';
import type { Fleet } from '../model/state.ts';

/**
 * A port that can send these operations and nothing else, at a target.
 *
 * @throws TrueupError `no-read-role`, or whose code says why the role could not be assumed.
 */
export async function openReader(
  connection: Connection,
  fleet: Pick<Fleet, 'role'>,
  { account, region }: Target,
  operations: readonly Operation[],
): Promise<Aws> {
  const role = fleet.role.read;
  if (role === undefined) {
    if (account === connection.caller.account) return connection.own(region, operations);
    throw noReadRole(account);
  }
  const policy = readPolicy(operations);
  try {
    return await connection.assume({ account, region, role, operations, policy });
  } catch (error) {
    const doing = `assume the role ${role}`;
    throw new TrueupError(connection.explain(error, { doing, account, role, operation: 'sts:AssumeRole' }), {
      cause: error,
    });
  }
}

/**
 * Exactly the actions of these operations. One policy serves all regions of an account, so that they share a session:
 * places in resource patterns are left open, and the account is bounded by the role itself.
 */
export function readPolicy(operations: readonly Operation[]): PolicyDocument {
  const grants = operations.flatMap(({ id, permissions }) =>
    permissions.map(({ action = id, resource = '*' }) => ({ action, resource: resource.replace(/\{\w+\}/g, '*') })),
  );
  const statements = [...groupBy(grants, ({ resource }) => resource)].map(
    ([resource, same]): Statement => ({
      Effect: 'Allow',
      Action: [...new Set(same.map(({ action }) => action))].sort(),
      Resource: resource,
    }),
  );
  return { Version: '2012-10-17', Statement: statements };
}

function noReadRole(account: string): TrueupError {
  return new TrueupError({
    code: 'no-read-role',
    message: `account ${account} is not the caller's own, and the fleet names no role to read it with`,
    advice: 'write role: { read: NAME } in the fleet, or accounts: self',
  });
}
