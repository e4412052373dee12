/** Findings beside a plan: told from a threshold on, and nothing is changed for them; what cannot be looked at is unread. */
import { describe, expect, it } from 'vitest';
import { guardrails } from '../../src/guardrails/index.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Reading } from '../../src/model/snapshot.ts';
import { needs } from '../../src/plan/needs.ts';
import { planState } from '../../src/plan/plan.ts';
import { TODAY } from '../support/sandbox.ts';
import { A, group, reading, snapshotOf, stateOf } from '../support/snapshots.ts';

const policy = (params: string): string =>
  `kind: Policy\nname: watch\ntargets: { accounts: ["${A}"], regions: [eu-west-1] }\nguardrails: { ingress-findings: ${params} }\n`;

const RULES = [
  'all from 0.0.0.0/0',
  'tcp 22 from ::/0',
  'tcp 443 from 0.0.0.0/0',
  'tcp 0-65535 from 10.0.0.0/16',
  'tcp 22 from 10.1.2.0/24',
  'icmp all from 0.0.0.0/0',
];

function planOf(params: string, ...more: readonly Reading[]): Plan {
  const state = stateOf(policy(params));
  const [fleet] = state.fleets;
  if (!fleet) throw new Error('no fleet');
  const snapshot = snapshotOf(
    reading({ reader: 'security-group', found: { 'sg-1': group('web', ...RULES) } }),
    ...more,
  );
  return planState(state, fleet, snapshot, { guardrails, today: TODAY });
}

const told = ({ notes }: Plan): string[] => notes.map(({ code, field }) => `${code}: ${field}`).sort();

describe('findings', () => {
  it('of high severity and above are told, each with its rule, its group and the line that asks', () => {
    const plan = planOf('{}');
    expect(plan.cells).toEqual([]);
    expect(told(plan)).toEqual(['everything-open: all from 0.0.0.0/0', 'port-open: tcp 22 from ::/0']);
    expect(plan.notes[0]).toMatchObject({
      message: 'everything is open to 0.0.0.0/0',
      title: 'web',
      at: { file: 'state.yaml' },
      address: { account: A, id: 'sg-1' },
    });
  });

  it.each([
    ['{ least: critical }', ['everything-open: all from 0.0.0.0/0']],
    [
      '{ publicPorts: [22], least: high }',
      ['everything-open: all from 0.0.0.0/0', 'port-open: tcp 443 from 0.0.0.0/0'],
    ],
    ['{ groups: { names: ["db*"] } }', []],
    ['{ least: medium, wide: /12 }', ['everything-open: all from 0.0.0.0/0', 'port-open: tcp 22 from ::/0']],
    [
      '{ least: medium }',
      [
        'everything-open: all from 0.0.0.0/0',
        'port-open: tcp 22 from ::/0',
        'wide-range: tcp 0-65535 from 10.0.0.0/16',
      ],
    ],
    [
      '{ world: /16, least: critical }',
      ['everything-open: all from 0.0.0.0/0', 'port-open: tcp 0-65535 from 10.0.0.0/16'],
    ],
  ])('by %s are %j', (params, findings) => {
    expect(told(planOf(params))).toEqual(findings);
  });

  it('ask for what is in prefix lists: what is in none is unread, whatever the severity from which findings are told', () => {
    const web = reading({
      reader: 'security-group',
      found: { 'sg-1': group('web', 'tcp 22 from pl-0abc', 'tcp 443 to pl-0def'), 'sg-2': group('db') },
    });
    const state = stateOf(policy('{}'));
    const [fleet] = state.fleets;
    if (!fleet) throw new Error('no fleet');
    const options = { guardrails, today: TODAY };
    expect(needs(state, snapshotOf(web), options)).toEqual([
      { account: A, region: 'eu-west-1', reader: 'prefix-list', want: { ids: ['pl-0abc'] } },
    ]);
    const without = planState(state, fleet, snapshotOf(web), options);
    expect(without.cells).toMatchObject([
      {
        address: { account: A, region: 'eu-west-1', resource: 'prefix-list', id: 'pl-0abc' },
        outcome: 'unread',
        reason: { code: 'evidence-missing' },
        causes: [{ guardrail: 'ingress-findings', policy: 'watch' }],
      },
    ]);
    expect(without.targets).toMatchObject([{ inState: 1 }]);
    expect(told(without)).toEqual(['unjudged: tcp 22 from pl-0abc']);
    const gone = reading({ reader: 'prefix-list', found: {}, want: { ids: ['pl-0abc'] } });
    expect(planState(state, fleet, snapshotOf(web, gone), options).cells).toMatchObject([
      { outcome: 'unread', reason: { code: 'evidence-not-readable', message: expect.stringContaining('pl-0abc') } },
    ]);
    const entries = { value: { '0.0.0.0/0': '' }, handles: { version: '1' }, about: {} };
    const list = reading({ reader: 'prefix-list', found: { 'pl-0abc': entries }, want: { ids: ['pl-0abc'] } });
    const whole = planState(state, fleet, snapshotOf(web, list), options);
    expect(told(whole)).toEqual(['port-open: tcp 22 from pl-0abc']);
    expect(whole.cells).toEqual([]);
  });
});
