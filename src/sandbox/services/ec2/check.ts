/** May these rules be added to this group? Peers exist, nothing is there twice, quotas hold. */
import { ServiceError } from '../../errors.ts';
import type { Call } from '../../service.ts';
import type { RuleBody, SecurityGroup, Source } from '../../world/world.ts';
import { duplicatePermission, groupNotFound, invalidValue } from './errors.ts';
import { placeOf } from './query.ts';
import { type Described, describeRule, keyOf } from './rule.ts';

export function checkAddition(call: Call, group: SecurityGroup, additions: readonly Described[]): void {
  for (const { body } of additions) checkPeer(call, body.source);
  const keys = additions.map(({ body }) => keyOf(body));
  if (new Set(keys).size < keys.length) throw invalidValue('The same permission must not appear multiple times');
  const present = new Set([...group.rules].map((rule) => keyOf(rule.body)));
  const twin = additions.find(({ body }) => present.has(keyOf(body)));
  if (twin) throw duplicatePermission(describeRule(twin.body));
  checkQuota(
    call,
    [...[...group.rules].map((rule) => rule.body), ...additions.map(({ body }) => body)],
    additions[0]?.body.egress,
  );
}

/** A referenced group must exist; nothing is authorised against it. */
export function checkPeer(call: Call, source: Source): void {
  if (source.kind === 'group') {
    const owner = source.account === call.account.id ? call.account : call.world.accounts.get(source.account);
    if (!owner?.place(call.region).groups.has(source.id)) throw groupNotFound(source.id);
  }
  if (source.kind === 'prefix-list' && !placeOf(call).prefixLists.get(source.id)?.readable) {
    throw new ServiceError('InvalidPrefixListID.NotFound', `The prefix list ID '${source.id}' does not exist`);
  }
}

/**
 * The quota holds for each direction and each address family on its own; a prefix list weighs its maximum, and a
 * group counts in both families. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
export function checkQuota(call: Call, bodies: readonly RuleBody[], egress: boolean | undefined): void {
  const most = call.account.quotas.rulesPerGroup;
  for (const family of ['ipv4', 'ipv6'] as const) {
    const sum = bodies
      .filter((body) => body.egress === egress)
      .reduce((total, { source }) => total + weight(call, source, family), 0);
    if (sum > most) {
      throw new ServiceError(
        'RulesPerSecurityGroupLimitExceeded',
        'The maximum number of rules per security group has been reached.',
      );
    }
  }
}

function weight(call: Call, source: Source, family: 'ipv4' | 'ipv6'): number {
  if (source.kind === 'group') return 1;
  if (source.kind !== 'prefix-list') return source.kind === family ? 1 : 0;
  const list = placeOf(call).prefixLists.get(source.id);
  return list === undefined || list.family.toLowerCase() !== family ? 0 : list.maxEntries;
}
