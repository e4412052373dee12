/** The only place where rules are put into groups and taken out, so that both indexes agree. */
import type { Call } from '../../service.ts';
import { NO_TAGS, type RuleBody, type SecurityGroup, type SecurityGroupRule, type Tags } from '../../world/world.ts';
import { placeOf } from './query.ts';

type Extra = { readonly description?: string | undefined; readonly tags?: Tags };

export function addRule(call: Call, group: SecurityGroup, body: RuleBody, extra: Extra = {}): SecurityGroupRule {
  const rule: SecurityGroupRule = {
    id: call.world.ids.next('sgr'),
    groupId: group.id,
    body,
    description: extra.description,
    tags: extra.tags ?? NO_TAGS,
  };
  group.rules.add(rule);
  placeOf(call).rules.set(rule.id, rule);
  return rule;
}

export function removeRule(call: Call, group: SecurityGroup, rule: SecurityGroupRule): void {
  group.rules.delete(rule);
  placeOf(call).rules.delete(rule.id);
}
