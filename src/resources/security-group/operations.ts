/** The EC2 requests that read and move the rules of a security group, and what each needs to be allowed. */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type Tag,
  type TagSpecification,
  UpdateSecurityGroupRuleDescriptionsEgressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from '@aws-sdk/client-ec2';
import { type Narrowing, type Operation, operation, type Permission } from '../../model/operation.ts';
import type { Direction } from '../../model/rule.ts';

type OnGroup = { GroupId?: string | undefined };
type Authorizes = OnGroup & { TagSpecifications?: TagSpecification[] | undefined };

const GROUPS = 'arn:{partition}:ec2:{region}:{account}:security-group/*';
const RULES = 'arn:{partition}:ec2:{region}:{account}:security-group-rule/*';

/**
 * IAM can pin a call to a group, never to a rule, port or range inside it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
const onGroup: Permission<OnGroup> = {
  resource: GROUPS,
  narrow: ({ GroupId }) => ({ key: 'ec2:SecurityGroupID', values: GroupId ? [GroupId] : [] }),
};

/** Tagging a rule while it is created is authorised against rules, and as CreateTags. */
const tagging = (action: string): readonly Permission<Authorizes>[] => [
  { resource: RULES, needed: isTagging, narrow: newTags },
  {
    action: 'ec2:CreateTags',
    resource: RULES,
    needed: isTagging,
    narrow: (input) => [{ key: 'ec2:CreateAction', values: [action] }, newTags(input)],
  },
];

function isTagging({ TagSpecifications }: Authorizes): boolean {
  return Boolean(TagSpecifications?.length);
}

function newTags({ TagSpecifications = [] }: Authorizes): Narrowing {
  return tagKeys({ Tags: TagSpecifications.flatMap(({ Tags }) => Tags ?? []) });
}

/** Of a rule that is there already, IAM knows neither its id in advance nor its group: only which tags are meant. */
function tagKeys({ Tags = [] }: { Tags?: Tag[] | undefined }): Narrowing {
  return { key: 'aws:TagKeys', values: Tags.flatMap(({ Key }) => Key ?? []), set: true };
}

const onTags = { permissions: [{ resource: RULES, narrow: tagKeys }] };

export const describeGroups = operation('ec2:DescribeSecurityGroups', DescribeSecurityGroupsCommand);
export const describeRules = operation('ec2:DescribeSecurityGroupRules', DescribeSecurityGroupRulesCommand);

export const authorize = {
  ingress: operation('ec2:AuthorizeSecurityGroupIngress', AuthorizeSecurityGroupIngressCommand, {
    permissions: [onGroup, ...tagging('AuthorizeSecurityGroupIngress')],
  }),
  egress: operation('ec2:AuthorizeSecurityGroupEgress', AuthorizeSecurityGroupEgressCommand, {
    permissions: [onGroup, ...tagging('AuthorizeSecurityGroupEgress')],
  }),
};

export const revoke = {
  ingress: operation('ec2:RevokeSecurityGroupIngress', RevokeSecurityGroupIngressCommand, { permissions: [onGroup] }),
  egress: operation('ec2:RevokeSecurityGroupEgress', RevokeSecurityGroupEgressCommand, { permissions: [onGroup] }),
};

/** IAM asks about the rules as well, but knows them only by their tags; the group is what pins the call. */
export const modify = operation('ec2:ModifySecurityGroupRules', ModifySecurityGroupRulesCommand, {
  permissions: [onGroup, { resource: RULES }],
});

export const describeAnew = {
  ingress: operation(
    'ec2:UpdateSecurityGroupRuleDescriptionsIngress',
    UpdateSecurityGroupRuleDescriptionsIngressCommand,
    {
      permissions: [onGroup],
    },
  ),
  egress: operation('ec2:UpdateSecurityGroupRuleDescriptionsEgress', UpdateSecurityGroupRuleDescriptionsEgressCommand, {
    permissions: [onGroup],
  }),
};

/** What takes rules away, or parts of them, and brings them back as they were: in these directions, and nothing besides. */
export function cutting(...directions: readonly Direction[]): readonly Operation[] {
  return [...directions.flatMap((direction) => [authorize[direction], revoke[direction]]), modify];
}

export const tag = operation('ec2:CreateTags', CreateTagsCommand, onTags);
export const untag = operation('ec2:DeleteTags', DeleteTagsCommand, onTags);
