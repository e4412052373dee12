/** What does a new VPC bring along? Its default group, with the rules that AWS puts there. */
import { NO_TAGS, type Place, type RuleBody, type SecurityGroup, type SecurityGroupRule, type Vpc } from './world.ts';

type NewIds = { readonly group: string; rule(body: RuleBody): string };

export function createVpcIn(place: Place, vpc: Vpc, ids: NewIds): SecurityGroup {
  place.vpcs.set(vpc.id, vpc);
  const group: SecurityGroup = {
    id: ids.group,
    name: 'default',
    description: 'default VPC security group',
    vpcId: vpc.id,
    owner: vpc.owner,
    tags: NO_TAGS,
    rules: new Set(),
    associations: [],
  };
  place.groups.set(group.id, group);
  for (const body of stockRules(group, vpc)) putRule(place, group, { id: ids.rule(body), body });
  return group;
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html */
function stockRules(group: SecurityGroup, vpc: Vpc): readonly RuleBody[] {
  const itself = { kind: 'group', id: group.id, account: vpc.owner } as const;
  const out = (source: RuleBody['source']): RuleBody => ({ egress: true, protocol: '-1', source });
  return [
    { egress: false, protocol: '-1', source: itself },
    out({ kind: 'ipv4', cidr: '0.0.0.0/0' }),
    ...(vpc.ipv6 === undefined ? [] : [out({ kind: 'ipv6', cidr: '::/0' })]),
  ];
}

type NewRule = Pick<SecurityGroupRule, 'id' | 'body'> & {
  readonly description?: string;
  readonly tags?: SecurityGroupRule['tags'];
};

export function putRule(place: Place, group: SecurityGroup, rule: NewRule): void {
  const { id, body, description, tags = NO_TAGS } = rule;
  const stored: SecurityGroupRule = { id, groupId: group.id, body, description, tags };
  group.rules.add(stored);
  place.rules.set(stored.id, stored);
}
