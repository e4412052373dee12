/** Changing rules in place: whole rules by id, or only their descriptions. */
import type { Action, Call, Need } from '../../service.ts';
import { type Fields, record, records, text } from '../../wire/fields.ts';
import type { SecurityGroup } from '../../world/world.ts';
import { checkPeer, checkQuota } from './check.ts';
import { duplicatePermission, invalidValue, missingParameter, permissionNotFound } from './errors.ts';
import { ownGroupOf, targetNeed } from './groups.ts';
import { parseDescription, parseFlatRule, parsePermissions } from './parse-rule.ts';
import { ruleNeed } from './permissions.ts';
import { listArn } from './prefix-lists.ts';
import { describeRule, keyOf } from './rule.ts';
import { match, rulesById } from './rules.ts';

export const changeActions: { readonly [action: string]: Action } = {
  ModifySecurityGroupRules: {
    needs: (call) => [targetNeed(call), ...updates(call).flatMap((update) => updateNeeds(call, update))],
    run: modifyRules,
  },
  UpdateSecurityGroupRuleDescriptionsIngress: {
    needs: (call) => [targetNeed(call)],
    run: (call) => updateDescriptions(call, false),
  },
  UpdateSecurityGroupRuleDescriptionsEgress: {
    needs: (call) => [targetNeed(call)],
    run: (call) => updateDescriptions(call, true),
  },
};

/** The rule, and the prefix list that it is going to refer to. */
function updateNeeds(call: Call, update: Fields): readonly Need[] {
  const list = text(record(update, 'SecurityGroupRule') ?? {}, 'PrefixListId');
  return [
    ruleNeed(call, text(update, 'SecurityGroupRuleId') ?? ''),
    ...(list === undefined ? [] : [{ resource: listArn(call, list) }]),
  ];
}

function updates(call: Call): readonly Fields[] {
  return records(call.input, 'SecurityGroupRule');
}

/** The whole rule is replaced, a description left out is gone; id, tags and the kind of source stay. */
function modifyRules(call: Call): object {
  const group = ownGroupOf(call);
  const changes = planned(call, group);
  if (changes.length === 0) throw missingParameter('securityGroupRules');
  for (const { rule, next } of changes) {
    if (rule.body.source.kind !== next.body.source.kind) {
      throw invalidValue(`You may not change the source type of the security group rule '${rule.id}'`);
    }
    checkPeer(call, next.body.source);
  }
  checkResult(call, group, changes);
  for (const { rule, next } of changes) {
    rule.body = next.body;
    rule.description = next.description;
  }
  return { return: true };
}

function planned(call: Call, group: SecurityGroup) {
  const rules = rulesById(
    group,
    updates(call).map((update) => text(update, 'SecurityGroupRuleId') ?? ''),
  );
  return updates(call).flatMap((update, index) => {
    const rule = rules[index];
    const fields = record(update, 'SecurityGroupRule');
    if (!fields) throw missingParameter('securityGroupRule');
    return rule ? [{ rule, next: parseFlatRule(call, fields, { group, egress: rule.body.egress }) }] : [];
  });
}

function checkResult(call: Call, group: SecurityGroup, changes: ReturnType<typeof planned>): void {
  const next = new Map(changes.map((change) => [change.rule, change.next.body]));
  const bodies = [...group.rules].map((rule) => next.get(rule) ?? rule.body);
  const seen = new Set<string>();
  for (const body of bodies) {
    if (seen.has(keyOf(body))) throw duplicatePermission(describeRule(body));
    seen.add(keyOf(body));
  }
  for (const egress of [false, true]) checkQuota(call, bodies, egress);
}

/** By id or by properties; a description left out is deleted. */
function updateDescriptions(call: Call, egress: boolean): object {
  const group = ownGroupOf(call);
  const byId = records(call.input, 'SecurityGroupRuleDescription');
  const described = parsePermissions(call, { group, egress });
  if (byId.length === 0 && described.length === 0)
    throw missingParameter('ipPermissions or securityGroupRuleDescriptions');
  const rules = rulesById(
    group,
    byId.map((item) => text(item, 'SecurityGroupRuleId') ?? ''),
    egress,
  );
  const descriptions = byId.map((item, index) => parseDescription(item, rules[index]?.body.source));
  const found = described.map((item) => ({ rule: match(group, [item]).known[0], description: item.description }));
  if (found.some(({ rule }) => rule === undefined)) throw permissionNotFound();
  for (const [index, rule] of rules.entries()) rule.description = descriptions[index];
  for (const { rule, description } of found) if (rule) rule.description = description;
  return { return: true };
}
