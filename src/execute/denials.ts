/** What no session for writing may do, as Deny statements: the fleet's fences, and what it says must never be touched. */
import type { Protection } from '../fleet/protection.ts';
import { GLOBAL } from '../model/address.ts';
import type { Statement } from '../model/aws.ts';
import { type Cell, feltAt } from '../model/plan.ts';
import type { Fence } from '../model/state.ts';
import { fill, literally, type Place } from './session-policy.ts';

export type Forbidden = {
  readonly fences: readonly Fence[];
  readonly protection: Protection;
};

/** @param actions the IAM actions that the session would otherwise be allowed to write with */
export function denialsOf(
  { fences, protection }: Forbidden,
  cells: readonly Cell[],
  actions: readonly string[],
  place: Place,
): Statement[] {
  const { accounts, ids, tags } = protection;
  const felt = [place, ...cells.flatMap(feltAt)];
  if (felt.some(({ account }) => accounts.includes(account))) return [{ Effect: 'Deny', Action: ['*'], Resource: '*' }];
  const deny = denier([...new Set(actions)].sort());
  const vpcs = ids.filter((id) => id.startsWith('vpc-')).map((id) => `arn:${place.partition}:ec2:*:*:vpc/${id}`);
  return [
    ...fences.map((fence) => fenceStatement(fence, place)),
    // The batch's own cells say which ids matter: whatever else is protected was never allowed.
    ...deny('StringEquals', 'ec2:SecurityGroupID', idsOf(cells, ids)),
    ...deny('ArnLike', 'ec2:Vpc', vpcs),
    // Always, because a tag may have been added since the plan.
    ...tags.flatMap(splits).flatMap(([key, value]) => deny('StringEquals', `aws:ResourceTag/${key}`, [value])),
  ];
}

export function fenceStatement({ deny, on, when }: Fence, place: Place): Statement {
  // What an account has once stands in no region: a pattern that names one there means them all.
  const filled = on.map((pattern) => fill(pattern, { ...place, region: place.region === GLOBAL ? '*' : place.region }));
  return { Effect: 'Deny', Action: deny, Resource: filled, ...(when && { Condition: when }) };
}

function denier(actions: readonly string[]) {
  return (operator: string, key: string, values: readonly string[]): Statement[] =>
    values.length === 0
      ? []
      : [
          {
            Effect: 'Deny',
            Action: actions,
            Resource: '*',
            Condition: { [operator]: { [key]: values.map(literally) } },
          },
        ];
}

/** `key=value` taken apart. A key may contain `=` as well, hence at every place where it can be. */
function splits(tag: string): (readonly [key: string, value: string])[] {
  return [...tag.matchAll(/=/g)].map(({ index }) => [tag.slice(0, index), tag.slice(index + 1)] as const);
}

function idsOf(cells: readonly Cell[], ids: readonly string[]): string[] {
  return cells.map(({ address }) => address.id).filter((id) => ids.includes(id));
}
