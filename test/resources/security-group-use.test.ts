/** Who uses a group, as EC2 tells it; and who only knows it. */
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/model/resource.ts';
import { observe, plan as planOf } from '../../src/reconcile.ts';
import { tellUse } from '../../src/resources/security-group-use.ts';
import { applyCells, changing, undoPlan } from '../support/apply.ts';
import { withSandbox } from '../support/sandbox.ts';
import { fleetYaml, seedWith } from '../support/worlds.ts';

const NETWORK = `vpcs:
          - { name: default, default: true }
          - { name: other, cidr: 10.1.0.0/16 }
          - name: main
            cidr: 10.0.0.0/16
            groups:
              - { name: web, id: sg-0aaaaaaaaaaaaaaa1, ingress: ["tcp 22 from 0.0.0.0/0"], associations: [other] }
              - { name: app, id: sg-0aaaaaaaaaaaaaaa2, ingress: ["tcp 80 from group web", "tcp 22 from sg-0aaaaaaaaaaaaaaa2"] }
              - { name: out, id: sg-0aaaaaaaaaaaaaaa3, egress: ["tcp 80 to group web"] }
              - { name: lone, id: sg-0aaaaaaaaaaaaaaa4, ingress: ["tcp 22 from 0.0.0.0/0"] }
            interfaces:
              - { name: one, groups: [web], instance: i-0a1b2c3d4e5f60718, tags: { Name: web-1 } }
              - { name: two, groups: [web], instance: i-0a1b2c3d4e5f60718, tags: { Name: web-1 } }
              - { name: three, groups: [web, out], requester: amazon-elb, operator: elasticloadbalancing.amazonaws.com }`;
const SEED = seedWith('[]').replace(/network: .*/, `network:\n      "*":\n        ${NETWORK}`);
const STATE = `${fleetYaml('123456789012')}kind: Policy
name: ssh
targets: { accounts: [all] }
guardrails:
  allowed-ingress: [{ ports: [22], from: [198.51.100.0/24], otherwise: narrow }]
`;

describe('the evidence about a group', () => {
  it('is its interfaces; groups that refer to it and further VPCs are told beside them', () =>
    withSandbox({ seed: SEED, state: STATE }, async (run, sandbox) => {
      const { cells } = planOf(run, await observe(run));
      const told = Object.fromEntries(
        cells.map(({ address, evidence, outcome }) => [address.id, { ...evidence[0], outcome }]),
      );
      expect(told['sg-0aaaaaaaaaaaaaaa1']?.users).toHaveLength(3);
      expect(told['sg-0aaaaaaaaaaaaaaa1']?.sentence).toMatch(
        /^used by 3 interfaces: i-0a1b2c3d4e5f60718 \(web-1\), eni-[0-9a-f]+ \(elasticloadbalancing.amazonaws.com\); referenced by sg-0aaaaaaaaaaaaaaa2 \(app\), sg-0aaaaaaaaaaaaaaa3 \(out\); associated with vpc-[0-9a-f]+$/,
      );
      expect(told['sg-0aaaaaaaaaaaaaaa4']).toEqual({
        reader: 'security-group-use',
        users: [],
        sentence: '',
        outcome: 'change',
      });
      // Evidence costs calls: only for groups that would change, and for all of them together.
      const asked = sandbox.requests.filter(({ action }) => action === 'DescribeNetworkInterfaces');
      expect(asked).toHaveLength(1);
      expect(JSON.stringify(asked[0]?.input)).not.toContain('sg-0aaaaaaaaaaaaaaa2');
    }));

  it('is gathered as far as there is any where EC2 does not know all of the questions', () =>
    withSandbox({ seed: SEED, state: STATE }, async (run, sandbox) => {
      const unknown = (code: string) => ({ code, status: 400, message: 'not known in this partition' });
      sandbox.fault({ match: { action: 'DescribeNetworkInterfaces', nth: 1 }, do: unknown('UnknownParameter') });
      sandbox.fault({ match: { action: 'DescribeSecurityGroupVpcAssociations' }, do: unknown('InvalidAction') });
      const { cells } = planOf(run, await observe(run));
      const web = cells.find(({ address }) => address.id === 'sg-0aaaaaaaaaaaaaaa1');
      expect(web?.outcome).toBe('change');
      expect(web?.evidence[0]?.sentence).toMatch(
        /^used by 2 interfaces: .*; referenced by sg-0aaaaaaaaaaaaaaa2 \(app\)/,
      );
      expect(web?.evidence[0]?.sentence).not.toContain('associated');
    }));

  it('is gathered anew for the way back: whoever uses the group by then is told', () =>
    withSandbox({ seed: SEED, state: STATE }, async (run, sandbox) => {
      const applied = await applyCells(run, changing(planOf(run, await observe(run))));
      const place = sandbox.world.accounts.get('123456789012')?.place('eu-west-1');
      const [one] = place?.interfaces.values() ?? [];
      if (!place || !one) throw new Error('nothing uses the group');
      place.interfaces.delete(one.id);
      const { cells } = await undoPlan(run, applied);
      const evidence = new Map(cells.map((cell) => [cell.address.id, cell.evidence]));
      expect(evidence.get('sg-0aaaaaaaaaaaaaaa1')?.[0]?.users).toHaveLength(2);
      expect(evidence.get('sg-0aaaaaaaaaaaaaaa4')?.[0]?.users).toEqual([]);
      sandbox.fault({ match: { action: 'DescribeNetworkInterfaces' }, do: 'deny' });
      expect((await undoPlan(run, applied)).cells.map(({ outcome }) => outcome)).toEqual(['unread', 'unread']);
    }));
});

describe('the sentence about users', () => {
  const use = (name: string) => ({ type: 'interface', account: '1', status: 'in-use', name });
  it.each([
    ['nobody', {}, {}, ''],
    ['one', { 'eni-1': use('web') }, {}, '1 interface: eni-1 (web)'],
    ['only references', {}, { referencedBy: ['sg-1 (app)'], vpcs: [] }, 'referenced by sg-1 (app)'],
    [
      'many',
      Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((i) => [`eni-${i}`, use(`n${i}`)])),
      {},
      '7 interfaces: eni-1 (n1), eni-2 (n2), eni-3 (n3), eni-4 (n4), eni-5 (n5), and 2 more',
    ],
  ])('of %s', (_, value, about, sentence) => {
    expect(tellUse({ value, handles: {}, about } satisfies Observation)).toBe(sentence);
  });
});
