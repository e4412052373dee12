/** Rules one by one: DescribeSecurityGroupRules, adding and revoking. */
import { ServiceError } from '../../errors.ts';
import type { Action, Call } from '../../service.ts';
import { texts } from '../../wire/fields.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../world/world.ts';
import { checkAddition } from './check.ts';
import { invalidValue, missingParameter, permissionNotFound, ruleNotFound } from './errors.ts';
import { ownGroupOf, targetNeed } from './groups.ts';
import { parsePermissions } from './parse-rule.ts';
import { arnOf, taggingNeeds } from './permissions.ts';
import { applyFilters, pageOf, pick, placeOf } from './query.ts';
import { type Described, keyOf, writePermissions, writeRevoked, writeRule } from './rule.ts';
import { addRule, removeRule } from './store.ts';
import { specifiedTags } from './tags.ts';

export const ruleActions: { readonly [action: string]: Action } = {
  DescribeSecurityGroupRules: { run: describeRules },
  ...authorizeAction('AuthorizeSecurityGroupIngress', false),
  ...authorizeAction('AuthorizeSecurityGroupEgress', true),
  ...revokeAction('RevokeSecurityGroupIngress', false),
  ...revokeAction('RevokeSecurityGroupEgress', true),
};

function authorizeAction(name: string, egress: boolean): { readonly [action: string]: Action } {
  const needs = (call: Call) => [targetNeed(call), ...taggingNeeds(call, 'security-group-rule', name)];
  return { [name]: { needs, run: (call) => authorizeRules(call, egress) } };
}

function revokeAction(name: string, egress: boolean): { readonly [action: string]: Action } {
  return { [name]: { needs: (call) => [targetNeed(call)], run: (call) => revokeRules(call, egress) } };
}

function describeRules(call: Call): object {
  const { rules, groups } = placeOf(call);
  const ids = texts(call.input, 'SecurityGroupRuleId');
  // All groups, so that those of shared VPCs count: their rules are indexed where their owner is.
  const picked =
    ids.length > 0 ? pick(rules, ids, ruleNotFound) : [...groups.values()].flatMap((group) => [...group.rules]);
  const chosen = applyFilters(call, picked, {
    'group-id': ({ groupId }) => [groupId],
    'security-group-rule-id': ({ id }) => [id],
  });
  const { items, next } = pageOf(call, chosen, 1000);
  const owner = (rule: SecurityGroupRule) => groups.get(rule.groupId)?.owner ?? call.account.id;
  return { securityGroupRuleSet: items.map((rule) => written(call, rule, owner(rule))), nextToken: next };
}

function written(call: Call, rule: SecurityGroupRule, owner: string) {
  return writeRule(rule, owner, arnOf(call, 'security-group-rule', rule.id, owner));
}

/** All or nothing: one bad entry and no rule is added. */
function authorizeRules(call: Call, egress: boolean): object {
  const group = ownGroupOf(call);
  const additions = parsePermissions(call, { group, egress });
  if (additions.length === 0) throw missingParameter('ipPermissions');
  const tags = specifiedTags(call, 'security-group-rule');
  checkAddition(call, group, additions);
  const added = additions.map(({ body, description }) => addRule(call, group, body, { description, tags }));
  return { return: true, securityGroupRuleSet: added.map((rule) => written(call, rule, group.owner)) };
}

function revokeRules(call: Call, egress: boolean): object {
  const group = ownGroupOf(call);
  const ids = texts(call.input, 'SecurityGroupRuleId');
  const permissions = parsePermissions(call, { group, egress });
  if (ids.length > 0 && permissions.length > 0) {
    throw new ServiceError(
      'InvalidParameterCombination',
      'The parameters securityGroupRuleIds and ipPermissions may not be used together',
    );
  }
  if (ids.length === 0 && permissions.length === 0) throw missingParameter('ipPermissions or securityGroupRuleIds');
  const found = ids.length > 0 ? { known: rulesById(group, ids, egress), unknown: [] } : match(group, permissions);
  if (found.unknown.length > 0 && !isInDefaultVpc(call, group)) throw permissionNotFound();
  for (const rule of found.known) removeRule(call, group, rule);
  return {
    return: true,
    unknownIpPermissionSet: writePermissions(found.unknown),
    revokedSecurityGroupRuleSet: found.known.map(writeRevoked),
  };
}

/** Every id must be there, in this group and direction; otherwise nothing is done. */
export function rulesById(
  group: SecurityGroup,
  ids: readonly string[],
  egress?: boolean,
): readonly SecurityGroupRule[] {
  if (new Set(ids).size < ids.length)
    throw invalidValue('The same security group rule ID must not appear multiple times');
  const rules = new Map([...group.rules].map((rule) => [rule.id, rule]));
  return ids.map((id) => {
    const rule = rules.get(id);
    if (!rule || (egress !== undefined && rule.body.egress !== egress)) throw ruleNotFound(id);
    return rule;
  });
}

/**
 * Rules are matched by what they are, not by their description. In a default VPC what does not match is skipped and
 * listed: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
 */
export function match(group: SecurityGroup, permissions: readonly Described[]) {
  const rules = new Map([...group.rules].map((rule) => [keyOf(rule.body), rule]));
  const known = new Set<SecurityGroupRule>();
  const unknown: Described[] = [];
  for (const permission of permissions) {
    const rule = rules.get(keyOf(permission.body));
    if (rule) known.add(rule);
    else unknown.push(permission);
  }
  return { known: [...known], unknown };
}

function isInDefaultVpc(call: Call, group: SecurityGroup): boolean {
  return placeOf(call).vpcs.get(group.vpcId)?.isDefault ?? false;
}
