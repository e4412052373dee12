/** The hub and its standards, said in a configuration policy for every account that it decides for. */
import type { Centrally, Given } from '../../model/guardrail.ts';
import type { Value } from '../../model/resource.ts';
import { isForeign, type Params } from './schema.ts';
import { DEFAULT_STANDARDS } from './standards.ts';

/** What an account has besides, such as the treatment of new controls, no policy says: that is left to the account. */
export const hubCentrally: Centrally<Params> = {
  centre: 'security-hub-policy',
  use: 'security-hub-policy-use',
  gives(policy, params) {
    const enabled = { enabled: { to: params.enabled, path: 'enabled' } };
    if (!params.enabled) return enabled;
    const byDefault = params.defaultStandards && policy.enabled !== true ? DEFAULT_STANDARDS : [];
    return { ...giveOthers(policy, params), ...enabled, ...on(byDefault, 'defaultStandards'), ...giveNamed(params) };
  },
};

function giveNamed({ standards }: Params): Given {
  return Object.assign({}, ...standards.map((one, index) => on([one], `standards.${index}`)));
}

function on(standards: readonly string[], path: string): Given {
  return Object.fromEntries(standards.map((one) => [`standard ${one}`, { to: true, path }]));
}

function giveOthers(policy: Value, { otherStandards }: Params): Given {
  if (otherStandards === 'leave') return {};
  const there = Object.keys(policy).filter(
    (field) => field.startsWith('standard ') && !isForeign(field.slice('standard '.length)),
  );
  return Object.fromEntries(there.map((field) => [field, { path: 'otherStandards' }]));
}
