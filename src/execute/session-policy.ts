/**
 * The session policy of a batch: exactly the calls that were planned, on the resources they name, and the reads that
 * check them. Whatever the executor sends beyond that, AWS refuses.
 *
 * Session policies only ever narrow what the role may do.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 */
import { GLOBAL } from '../model/address.ts';
import type { PolicyDocument, Statement } from '../model/aws.ts';
import { groupBy } from '../model/group-by.ts';
import type { Call, Operation } from '../model/operation.ts';

export type Place = { readonly partition: string; readonly account: string; readonly region: string };

/** Characters that AssumeRole takes for an inline policy. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const LONGEST_POLICY = 2048;

/** One action on one thing. */
type Grant = { readonly action: string; readonly resource: string; readonly key?: string; readonly value?: string };

/** @param calls the planned calls, not yet bound @param reads what the executor reads before and after them */
export function sessionPolicy(
  calls: readonly Call[],
  reads: readonly Operation[],
  table: ReadonlyMap<string, Operation>,
  place: Place,
): PolicyDocument {
  const writes = mergeByValue(calls.flatMap((call) => grantsOf(call, table, place)));
  const seen = [
    ...new Set(reads.flatMap(({ id, permissions }) => permissions.map(({ action }) => action ?? id))),
  ].sort();
  const statements = [...(seen.length > 0 ? [{ action: seen, resource: '*' }] : []), ...writes];
  return { Version: '2012-10-17', Statement: statements.map((one) => statementOf(one, place)) };
}

function grantsOf(call: Call, table: ReadonlyMap<string, Operation>, place: Place): Grant[] {
  const operation = table.get(call.operation);
  if (!operation) throw new Error(`no operation ${call.operation} in the table`);
  const input = call.input as never;
  return operation.permissions
    .filter(({ needed }) => needed?.(input) ?? true)
    .flatMap(({ action = operation.id, resource = '*', narrow }): Grant[] => {
      const grant = { action, resource: fill(resource, place) };
      const narrowing = narrow?.(input);
      return narrowing ? narrowing.values.map((value) => ({ ...grant, key: narrowing.key, value })) : [grant];
    });
}

type Merged = {
  readonly action: readonly string[];
  readonly resource: string;
  readonly key?: string;
  readonly values?: readonly string[];
};

/**
 * Values that allow exactly the same actions share a statement, and no others do: one statement for all groups would
 * allow on each of them what was planned for only one.
 */
function mergeByValue(grants: readonly Grant[]): Merged[] {
  const byThing = groupBy(grants, ({ resource, key, value }) => JSON.stringify([resource, key, value]));
  const things = [...byThing.values()].flatMap((same) => {
    const [first] = same;
    return first ? [{ ...first, actions: [...new Set(same.map(({ action }) => action))].sort() }] : [];
  });
  const byActions = groupBy(things, ({ resource, key, actions }) => JSON.stringify([resource, key, actions]));
  return [...byActions.values()].flatMap((same): Merged[] => {
    const [first] = same;
    if (!first) return [];
    const merged = { action: first.actions, resource: first.resource };
    const values = same.flatMap(({ value }) => value ?? []).sort();
    return [first.key === undefined ? merged : { ...merged, key: first.key, values }];
  });
}

/** Where a service has no resource types, at least the region is pinned; account-wide services have none. */
function statementOf({ action, resource, key, values }: Merged, { region }: Place): Statement {
  const pinned = resource === '*' && region !== GLOBAL ? { 'aws:RequestedRegion': [region] } : {};
  const condition = { ...pinned, ...(key !== undefined && { [key]: values ?? [] }) };
  return {
    Effect: 'Allow',
    Action: action,
    Resource: resource,
    ...(Object.keys(condition).length > 0 && { Condition: { StringEquals: condition } }),
  };
}

function fill(pattern: string, { partition, region, account }: Place): string {
  return pattern.replaceAll('{partition}', partition).replaceAll('{region}', region).replaceAll('{account}', account);
}
