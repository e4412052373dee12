/** AWS answers with what was, for a while after a change: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { planNow } from '../contract/contract.ts';
import { applyCells, changing } from '../support/apply.ts';
import { withSandbox } from '../support/sandbox.ts';
import { ACCOUNT, fleetYaml, seedWith } from '../support/worlds.ts';

const WEB = 'sg-0aaaaaaaaaaaaaaa1';
const RULES = '["tcp 22 from 0.0.0.0/0", "tcp 443 from 0.0.0.0/0"]';
const SEED = seedWith('[]').replace(
  /network: .*/,
  `network: { "*": { vpcs: [{ name: default, default: true, groups: [{ name: web, id: ${WEB}, ingress: ${RULES} }] }] } }`,
);
const INGRESS = 'allowed-ingress: [{ ports: [22], from: [198.51.100.0/24, 192.0.2.0/24], otherwise: narrow }]';

/** Plans, lets answers go wrong, applies: what became of each change, and how long was waited for it. */
async function apply(guardrail: string, spoil: (sandbox: Sandbox) => void) {
  const state = `${fleetYaml(ACCOUNT)}kind: Policy\nname: p\ntargets: { accounts: [all] }\nguardrails: { ${guardrail} }`;
  return withSandbox({ seed: SEED, state }, async (run, sandbox) => {
    const cells = changing(await planNow(run));
    spoil(sandbox);
    let waited = 0;
    const wait = async (ms: number): Promise<void> => {
      waited += ms;
    };
    const { outcomes } = await applyCells(run, cells, { wait });
    return {
      results: outcomes.map(({ result, reason }) => [result, reason?.code]),
      outcomes: sandbox.requests.map(({ action, outcome }) => `${action} ${outcome}`),
      waited,
    };
  });
}

const READS = [
  [INGRESS, 'DescribeSecurityGroupRules'],
  ['password-policy: { minimumLength: 14 }', 'GetAccountPasswordPolicy'],
  ['account-alias: { alias: acme }', 'ListAccountAliases'],
  ['s3-public-access: { blockPublicPolicy: true }', 'GetPublicAccessBlock'],
  ['serial-console: { enabled: true }', 'GetSerialConsoleAccessStatus'],
  ['security-hub: {}', 'GetEnabledStandards'],
] as const;

describe('a change that AWS does not show at once', () => {
  it.each(READS)('is waited for: %s', async (guardrail, action) => {
    const { results } = await apply(guardrail, (sandbox) => {
      sandbox.fault({ match: { action, times: 5 }, do: 'stale' });
    });
    expect(results).toEqual([['applied', undefined]]);
  });

  it('is not believed for ever', async () => {
    const { results, waited } = await apply(INGRESS, (sandbox) => {
      sandbox.fault({ match: { action: 'DescribeSecurityGroupRules' }, do: 'stale' });
    });
    expect(results).toEqual([['failed', 'not-verified']]);
    expect(waited).toBeGreaterThan(25_000);
  });
});

describe('a call that fails', () => {
  const readsAfter = (outcomes: readonly string[], write: string): number =>
    outcomes
      .slice(outcomes.findIndex((one) => one.startsWith(write)))
      .filter((one) => one.startsWith('DescribeSecurityGroupRules')).length;

  it('because AWS refuses it is not looked for: nothing was done', async () => {
    const { results, outcomes, waited } = await apply(INGRESS, (sandbox) => {
      sandbox.fault({ match: { action: 'AuthorizeSecurityGroupIngress' }, do: 'deny' });
    });
    expect(results).toEqual([['failed', 'access-denied']]);
    expect([readsAfter(outcomes, 'AuthorizeSecurityGroupIngress'), waited]).toEqual([0, 0]);
  });

  it('after it was sent more than once is looked for: an earlier copy may have been carried out', async () => {
    const { results, outcomes } = await apply(INGRESS, (sandbox) => {
      sandbox.fault({ match: { action: 'AuthorizeSecurityGroupIngress', nth: 1 }, do: 'drop-after' });
      sandbox.fault({ match: { action: 'AuthorizeSecurityGroupIngress' }, do: 'deny' });
    });
    expect(results).toEqual([['applied', undefined]]);
    expect(readsAfter(outcomes, 'AuthorizeSecurityGroupIngress')).toBeGreaterThan(0);
  });
});

describe('a call whose answer was lost', () => {
  it.each([
    ['AuthorizeSecurityGroupIngress', 'InvalidPermission.Duplicate', INGRESS],
    ['RevokeSecurityGroupIngress', 'InvalidSecurityGroupRuleId.NotFound', INGRESS.replace('narrow', 'revoke')],
  ])(
    'and that finds itself done when it is sent again is waited for like any other: %s (%s)',
    async (...[action, code, guardrail]) => {
      const { results, outcomes } = await apply(guardrail, (sandbox) => {
        sandbox.fault({ match: { action, nth: 1 }, do: 'drop-after' });
        sandbox.fault({ match: { action: 'DescribeSecurityGroupRules', times: 7 }, do: 'stale' });
      });
      expect(outcomes).toContain(`${action} ${code}`);
      expect(results).toEqual([['applied', undefined]]);
    },
  );
});
