/**
 * The rules of a security group: what may reach its members, and what may they reach?
 * One value per group; each rule is a field under its name. Rule ids are handles: a recreated rule gets a new one.
 */
import type { Filter, SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { ruleName } from '../ingress/rule.ts';
import type { Aws } from '../model/aws.ts';
import { groupBy } from '../model/group-by.ts';
import type { Shrinkable } from '../model/guardrail.ts';
import { TrueupError } from '../model/problem.ts';
import type { Observation, Want } from '../model/resource.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { perCall } from './ec2-filters.ts';
import { ruleOfRecord, rulesOfGroup, tagsOf } from './security-group/from-ec2.ts';
import { withoutReservedTags } from './security-group/labels.ts';
import {
  authorize,
  describeAnew,
  describeGroups,
  describeRules,
  modify,
  revoke,
  tag,
  untag,
} from './security-group/operations.ts';
import { overflow } from './security-group/quota.ts';
import { type RulePart, shrinkRules } from './security-group/shrink.ts';
import { lostTags, ruleTransition } from './security-group/transition.ts';
import { weigh } from './security-group/weigh.ts';

/** Always sent: without it a request draws from a smaller bucket and may be refused in a large account. */
const PAGE = 1000;

export const securityGroup: Shrinkable<Rules, RulePart> = {
  name: 'security-group',
  scope: 'region',
  reads: [describeGroups, describeRules],
  writes: [...Object.values(authorize), modify, ...Object.values(describeAnew), ...Object.values(revoke), tag, untag],

  async read(aws, want) {
    const { ids, close, again } = want;
    if (again && ids) return readAgain(aws, ids);
    // Where it is known whose rules are wanted, nobody waits for the groups first.
    const [groups, known] = await Promise.all([groupsOf(aws, want), close && ids ? recordsOf(aws, ids) : undefined]);
    const records = close
      ? (known ??
        (await recordsOf(
          aws,
          groups.flatMap(({ GroupId }) => GroupId ?? []),
        )))
      : undefined;
    return Object.fromEntries(
      groups.map((group) => [
        group.GroupId,
        observe(group, aws.account, records?.get(group.GroupId) ?? (records && [])),
      ]),
    );
  },

  transition: ruleTransition,
  losses: lostTags,
  reachable: withoutReservedTags,
  weigh,
  overflow,
  // https://repost.aws/knowledge-center/cloudtrail-event-history-changed. The record of this one request has its
  // parameters in a wrapping of their own, where CloudTrail is not known to see which group it names.
  trail: { byId: true, events: ['ModifySecurityGroupRules'] },
  undo: 'rules return with their descriptions and tags, but under new ids; tags of AWS itself (`aws:…`) cannot be set again, nor can a rule about a group that is gone or out of reach.',
  shrink: shrinkRules,
};

/** The rules alone. That there are none is also what EC2 says of a group that is gone: then the group is looked for. */
async function readAgain(aws: Aws, ids: readonly string[]): Promise<{ readonly [id: string]: Observation<Rules> }> {
  const records = await recordsOf(aws, ids);
  const bare = ids.filter((id) => !records.has(id));
  const left = bare.length > 0 ? await groupsOf(aws, { ids: bare }) : [];
  const groups = [...ids.filter((id) => records.has(id)).map((GroupId) => ({ GroupId })), ...left];
  return Object.fromEntries(
    groups.map((group) => [group.GroupId, observe(group, aws.account, records.get(group.GroupId) ?? [])]),
  );
}

/** Only groups that the account owns: a shared VPC also shows groups that only its owner can change. */
async function groupsOf(aws: Aws, want: Want): Promise<SecurityGroup[]> {
  const own: Filter = { Name: 'owner-id', Values: [aws.account] };
  const filters = [
    ...perCall(want.names ?? []).map((names) => [{ Name: 'group-name', Values: names }]),
    ...perCall(want.ids ?? []).map((ids) => [{ Name: 'group-id', Values: ids }]),
    ...(want.names || want.ids ? [] : [[]]),
  ];
  const groups: SecurityGroup[] = [];
  for (const narrowing of filters) {
    for await (const page of aws.pages(describeGroups({ Filters: [own, ...narrowing], MaxResults: PAGE }))) {
      groups.push(...(page.SecurityGroups ?? []));
    }
  }
  return groups;
}

async function recordsOf(aws: Aws, groupIds: readonly string[]): Promise<Map<string | undefined, SecurityGroupRule[]>> {
  const records: SecurityGroupRule[] = [];
  for (const ids of perCall(groupIds)) {
    const call = describeRules({ Filters: [{ Name: 'group-id', Values: ids }], MaxResults: PAGE });
    for await (const page of aws.pages(call)) records.push(...(page.SecurityGroupRules ?? []));
  }
  return groupBy(records, ({ GroupId }) => GroupId);
}

function observe(group: SecurityGroup, account: string, records: SecurityGroupRule[] | undefined): Observation<Rules> {
  const about = {
    name: group.GroupName ?? '',
    vpc: group.VpcId ?? '',
    description: group.Description ?? '',
    tags: tagsOf(group.Tags),
  };
  const broad = records ? {} : { broad: true as const };
  try {
    return { ...rulesIn(group, account, records), about, ...broad };
  } catch (error) {
    // One rule that cannot be understood makes this group unread, and no other.
    if (!(error instanceof TrueupError)) throw error;
    const { code, message } = error;
    return {
      value: {},
      handles: {},
      about,
      unread: { code, message: `${about.name}: ${message}`, advice: LOOK_AT_IT },
    };
  }
}

const LOOK_AT_IT = 'look at the rule in the account; until it can be read the group is left alone';

/** @throws TrueupError `rule-malformed`, `rules-alike` */
function rulesIn(
  group: SecurityGroup,
  account: string,
  records: SecurityGroupRule[] | undefined,
): Pick<Observation<Rules>, 'value' | 'handles'> {
  if (!records) return { value: named(rulesOfGroup(group, account)), handles: {} };
  const rules = records.map((record) => [ruleOfRecord(record, account), record.SecurityGroupRuleId ?? ''] as const);
  return {
    value: named(rules.map(([rule]) => rule)),
    handles: Object.fromEntries(rules.map(([rule, id]) => [ruleName(rule), id])),
  };
}

/** Two rules under one name would be planned as one: then nothing is. */
function named(rules: readonly Rule[]): Rules {
  const byName = Object.fromEntries(rules.map((rule) => [ruleName(rule), rule]));
  if (Object.keys(byName).length === rules.length) return byName;
  throw new TrueupError({ code: 'rules-alike', message: 'two of its rules mean the same and cannot be told apart' });
}
