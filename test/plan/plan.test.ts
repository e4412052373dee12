/** From state and snapshot to a plan: outcomes, causes, conflicts, exceptions, evidence, digests. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardrails } from '../../src/guardrails/index.ts';
import type { Plan } from '../../src/model/plan.ts';
import { TrueupError } from '../../src/model/problem.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { needs } from '../../src/plan/needs.ts';
import { planState } from '../../src/plan/plan.ts';
import { noticesAfter, noticesBefore } from '../../src/render/notices.ts';
import { write } from '../../src/render/phrase.ts';
import { TODAY } from '../support/sandbox.ts';
import { A, B, group, reading, snapshotOf, stateOf, unused } from '../support/snapshots.ts';

function planOf(yaml: string, snapshot: Snapshot, base?: string): Plan {
  const state = stateOf(yaml);
  const [fleet] = state.fleets;
  if (!fleet) throw new Error('no fleet');
  return planState(state, fleet, snapshot, { guardrails, today: TODAY, ...(base && { base: stateOf(base) }) });
}

const policy = (name: string, body: string, more = ''): string =>
  `kind: Policy\nname: ${name}\n${more}targets: { accounts: [all] }\nguardrails:\n${body}\n`;
const EMPTY_DEFAULT = policy('baseline', '  default-security-group: { ingress: none }');
const SSH = policy('ssh', '  allowed-ingress:\n    - { ports: [22], from: [198.51.100.0/24], otherwise: narrow }');
const groups = (found: Parameters<typeof reading>[0]['found']) => reading({ reader: 'security-group', found });

describe('a plan', () => {
  it('names the line that asks for each change', () => {
    const { cells } = planOf(
      SSH,
      snapshotOf(groups({ 'sg-00000001': group('web', 'tcp 22 from 0.0.0.0/0') }), unused('sg-00000001')),
    );
    expect(cells).toMatchObject([
      {
        address: { account: A, region: 'eu-west-1', resource: 'security-group', id: 'sg-00000001' },
        outcome: 'change',
        causes: [{ policy: 'ssh', guardrail: 'allowed-ingress', at: { file: 'state.yaml', line: 11, column: 7 } }],
      },
    ]);
    expect(Object.keys(cells[0]?.after ?? {})).toEqual(['tcp 22 from 198.51.100.0/24']);
  });

  it('adds what is to stay before it takes away what is not', () => {
    const { cells } = planOf(
      SSH,
      snapshotOf(groups({ 'sg-00000001': group('web', 'tcp 20-25 from 0.0.0.0/0') }), unused('sg-00000001')),
    );
    expect(cells[0]?.steps.map(({ call }) => call.operation)).toEqual([
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:ModifySecurityGroupRules',
    ]);
  });

  it('counts what is as it should be, and makes no cell of it', () => {
    const { cells, targets } = planOf(
      SSH,
      snapshotOf(groups({ 'sg-00000001': group('web', 'tcp 443 from 0.0.0.0/0') })),
    );
    expect(cells).toEqual([]);
    expect(targets.find(({ account, region }) => account === A && region === 'eu-west-1')?.inState).toBe(1);
  });

  it('never plans from a broad read: what differs there is unread', () => {
    const broad = { ...group('web', 'tcp 22 from 0.0.0.0/0'), broad: true as const };
    const { cells } = planOf(SSH, snapshotOf(groups({ 'sg-00000001': broad }), unused('sg-00000001')));
    expect(cells).toMatchObject([{ outcome: 'unread', reason: { code: 'evidence-missing' }, digest: '' }]);
  });

  it('is unread where a read failed, with the reason, and goes on elsewhere', () => {
    const reason = { code: 'access-denied', message: 'no' };
    const failed = reading({ reader: 'security-group', found: {}, unread: reason });
    const other = reading({
      account: B,
      reader: 'security-group',
      found: { 'sg-00000002': group('web', 'tcp 22 from ::/0') },
    });
    const used = { ...unused('sg-00000002'), account: B };
    const { cells } = planOf(SSH, snapshotOf(failed, other, used));
    expect(cells.map(({ address, outcome, reason: why }) => [address.account, outcome, why?.code])).toEqual([
      [A, 'unread', 'access-denied'],
      [B, 'change', undefined],
    ]);
  });

  it('is unread where a rule names a prefix list that may not be read', () => {
    const list = reading({ reader: 'prefix-list', found: {}, want: { ids: ['pl-00000abc'] } });
    const { cells } = planOf(
      SSH,
      snapshotOf(groups({ 'sg-00000001': group('web', 'tcp 22 from pl-00000abc') }), list, unused('sg-00000001')),
    );
    expect(cells).toMatchObject([{ outcome: 'unread', reason: { code: 'evidence-not-readable' } }]);
  });

  it('takes the version of a prefix list into the digest', () => {
    const at = (version: string) => {
      const entries = { value: { '192.0.2.0/24': '' }, handles: { version }, about: { weight: 1 } };
      const list = reading({
        reader: 'prefix-list',
        found: { 'pl-00000abc': entries },
        want: { ids: ['pl-00000abc'] },
      });
      return planOf(
        SSH,
        snapshotOf(groups({ 'sg-00000001': group('web', 'tcp 22 from pl-00000abc') }), list, unused('sg-00000001')),
      );
    };
    expect(at('1').cells[0]?.inputs).toEqual({ 'prefix-list/pl-00000abc': '1' });
    expect(at('1').digest).not.toBe(at('2').digest);
  });

  it('holds a default group that something uses, and says what', () => {
    const use = { type: 'interface', account: A, status: 'in-use', instance: 'i-1', name: 'web' };
    const used = reading({
      reader: 'security-group-use',
      found: { 'sg-00000001': { value: { 'eni-1': use }, handles: {}, about: {} } },
      want: { ids: ['sg-00000001'] },
    });
    const snapshot = snapshotOf(groups({ 'sg-00000001': group('default', 'tcp 22 from 0.0.0.0/0') }), used);
    expect(planOf(EMPTY_DEFAULT, snapshot).cells).toMatchObject([
      { outcome: 'held', reason: { code: 'in-use', message: expect.stringContaining('i-1 (web)') } },
    ]);
    // A guardrail that proceeds does not hold; one that holds does, whatever stands beside it.
    expect(planOf(SSH, snapshot).cells).toMatchObject([{ outcome: 'change' }]);
    expect(planOf(`${SSH}---\n${EMPTY_DEFAULT}`, snapshot).cells).toMatchObject([{ outcome: 'held' }]);
  });

  it('tells what a base state managed and this one does not', () => {
    const { notes } = planOf(SSH, snapshotOf(), `${SSH}---\n${EMPTY_DEFAULT}`);
    expect(notes).toMatchObject([
      { code: 'no-longer-managed', message: expect.stringContaining('default-security-group') },
    ]);
  });

  it('has the same digest whatever the order of policies, readings and rules', () => {
    const readings = [
      groups({
        'sg-00000001': group('web', 'tcp 22 from 0.0.0.0/0', 'tcp 22 from ::/0'),
        'sg-00000002': group('default', 'all from ::/0'),
      }),
      unused('sg-00000001', 'sg-00000002'),
    ];
    const first = planOf(`${SSH}---\n${EMPTY_DEFAULT}`, snapshotOf(...readings)).digest;
    const turned = readings.map((one) => ({ ...one, found: Object.fromEntries(Object.entries(one.found).reverse()) }));
    expect(planOf(`${EMPTY_DEFAULT}---\n${SSH}`, snapshotOf(...turned.reverse())).digest).toBe(first);
  });

  it('survives its JSON round trip', () => {
    const plan = planOf(
      SSH,
      snapshotOf(groups({ 'sg-00000001': group('web', 'tcp 22 from 0.0.0.0/0') }), unused('sg-00000001')),
    );
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

describe('two policies at one target', () => {
  const weak = policy('weak', '  password-policy: { minimumLength: 10 }');
  const strong = policy('strong', '  password-policy: { minimumLength: 14 }');
  const none = snapshotOf(
    reading({ region: 'global', reader: 'password-policy', found: { '': { value: {}, handles: {}, about: {} } } }),
  );

  it('that contradict each other are refused with both lines', () => {
    let refusal: unknown;
    try {
      planOf(`${weak}---\n${strong}`, none);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(TrueupError);
    expect(refusal).toMatchObject({ code: 'conflicting-setters' });
    expect((refusal as TrueupError).problems.map(({ at }) => at.line)).toEqual([10, 16]);
    for (const problem of (refusal as TrueupError).problems)
      expect(problem.text).toContain('password-policy: { minimumLength');
  });

  it('that contradict each other are shown by the line of the field that differs', () => {
    const long = (name: string, length: number) =>
      policy(name, `  password-policy:\n    reusePrevention: 5\n    minimumLength: ${length}`);
    const load = () => planOf(`${long('a', 10)}---\n${long('b', 12)}`, none);
    expect(load).toThrow(TrueupError);
    try {
      load();
    } catch (error) {
      expect((error as TrueupError).problems.map(({ text }) => text?.trim())).toEqual([
        'minimumLength: 10',
        'minimumLength: 12',
      ]);
    }
  });

  it('that say the same are one', () => {
    expect(planOf(`${weak}---\n${weak.replace('name: weak', 'name: twin')}`, none).cells).toHaveLength(1);
  });

  it('may override each other field by field, and each field names its own line', () => {
    const base = policy('base', '  password-policy: { minimumLength: 10, reusePrevention: 5 }');
    const over = policy('over', '  password-policy: { minimumLength: 20 }', 'overrides: [base]\n');
    for (const both of [`${base}---\n${over}`, `${over}---\n${base}`]) {
      const [cell] = planOf(both, none).cells;
      expect(cell?.after).toMatchObject({ minimumLength: 20, reusePrevention: 5 });
      expect([...new Set(cell?.causes.map(({ policy: name }) => name))].sort()).toEqual(['base', 'over']);
    }
  });
});

describe('exceptions', () => {
  const exception = (expires: string, rule = 'tcp 22 from 203.0.113.7/32') =>
    `---\nkind: Exceptions\nexceptions:\n  - { guardrail: allowed-ingress, scope: { account: "${A}", group: sg-00000001, rule: "${rule}" }, owner: team, reason: test, expires: ${expires} }\n`;
  const snapshot = snapshotOf(groups({ 'sg-00000001': group('web', 'tcp 22 from 0.0.0.0/0') }), unused('sg-00000001'));
  const kept = (yaml: string) => Object.keys(planOf(yaml, snapshot).cells[0]?.after ?? {}).sort();

  it('spare the box they name, and nothing else', () => {
    expect(kept(SSH + exception('2026-12-31'))).toEqual(['tcp 22 from 198.51.100.0/24', 'tcp 22 from 203.0.113.7/32']);
  });

  it('never add what was not there', () => {
    expect(kept(SSH + exception('2026-12-31', 'tcp 8080 from 203.0.113.7/32'))).toEqual([
      'tcp 22 from 198.51.100.0/24',
    ]);
  });

  it('hold on their last day, and act as absent from the day after', () => {
    expect(kept(SSH + exception(TODAY))).toContain('tcp 22 from 203.0.113.7/32');
    expect(kept(SSH + exception('2026-11-20'))).not.toContain('tcp 22 from 203.0.113.7/32');
    expect(planOf(SSH + exception('2026-11-20'), snapshot).exemptions).toMatchObject([{ daysLeft: -1, spares: 0 }]);
  });

  it('are counted where they spare something, so that unused ones are seen', () => {
    expect(planOf(SSH + exception('2026-12-31'), snapshot).exemptions).toMatchObject([{ daysLeft: 40, spares: 1 }]);
    const fine = snapshotOf(groups({ 'sg-00000001': group('web', 'tcp 443 from 0.0.0.0/0') }));
    expect(planOf(SSH + exception('2026-12-31'), fine).exemptions).toMatchObject([{ spares: 0 }]);
  });
});

describe('a target that the snapshot never looked at', () => {
  it('is unread, not clean: the snapshot was made for another state or for a share', () => {
    const snapshot = snapshotOf();
    const some = { ...snapshot, readings: snapshot.readings.filter(({ region }) => region !== 'us-east-1') };
    expect(planOf(SSH, snapshot).cells).toEqual([]);
    expect(planOf(SSH, some).cells).toMatchObject([
      { address: { account: A, region: 'us-east-1' }, outcome: 'unread', reason: { code: 'not-read' } },
      { address: { account: B, region: 'us-east-1' }, outcome: 'unread', reason: { code: 'not-read' } },
    ]);
  });
});

describe('needs', () => {
  const options = { guardrails, today: TODAY };
  const broad = (name: string, ...rules: readonly string[]) => ({ ...group(name, ...rules), broad: true as const });

  it('knows of what is read again what the first look said it is about', () => {
    const seen = broad('web', 'tcp 22 from ::/0');
    const { value, handles } = group('', 'tcp 22 from ::/0');
    const again = reading({
      reader: 'security-group',
      want: { ids: ['sg-00000001'], close: true, again: true },
      found: { 'sg-00000001': { value, handles, about: {} } },
    });
    const { cells } = planOf(SSH, snapshotOf(groups({ 'sg-00000001': seen }), again, unused('sg-00000001')));
    expect(cells).toMatchObject([{ title: 'web · sg-00000001', outcome: 'change' }]);
  });

  it('asks closely only for what would change, once per place', () => {
    const snapshot = snapshotOf(
      groups({ 'sg-00000001': broad('web', 'tcp 22 from ::/0'), 'sg-00000002': broad('web', 'tcp 443 from ::/0') }),
    );
    expect(needs(stateOf(SSH), snapshot, options)).toEqual([
      {
        account: A,
        region: 'eu-west-1',
        reader: 'security-group',
        want: { ids: ['sg-00000001'], close: true, again: true },
      },
      { account: A, region: 'eu-west-1', reader: 'security-group-use', want: { ids: ['sg-00000001'], close: true } },
    ]);
  });

  it('asks for everything at once where a prefix list decides', () => {
    const snapshot = snapshotOf(groups({ 'sg-00000001': broad('web', 'tcp 22 from pl-00000abc') }));
    expect(needs(stateOf(SSH), snapshot, options).map(({ reader }) => reader)).toEqual([
      'prefix-list',
      'security-group',
      'security-group-use',
    ]);
  });

  it('asks for nothing when nothing would change', () => {
    expect(
      needs(stateOf(SSH), snapshotOf(groups({ 'sg-00000001': broad('web', 'tcp 443 from ::/0') })), options),
    ).toEqual([]);
  });
});

describe('composition', () => {
  it('of restrictors does not depend on the order of policies', () => {
    const entries = fc.record({
      port: fc.constantFrom(22, 80, 443),
      from: fc.constantFrom('10.0.0.0/8', '198.51.100.0/24', 'none'),
      otherwise: fc.constantFrom('narrow', 'revoke'),
    });
    const yaml = ({ port, from, otherwise }: { port: number; from: string; otherwise: string }, i: number): string =>
      policy(
        `p${i}`,
        `  allowed-ingress:\n    - { ports: [${port}], from: ${from === 'none' ? from : `[${from}]`}, otherwise: ${otherwise} }`,
      );
    const snapshot = snapshotOf(
      groups({ 'sg-00000001': group('web', 'tcp 20-500 from 0.0.0.0/0', 'all from 10.0.0.0/7', 'udp 443 from ::/0') }),
      unused('sg-00000001'),
    );
    fc.assert(
      fc.property(fc.array(entries, { minLength: 1, maxLength: 4 }), (some) => {
        const there = planOf(some.map(yaml).join('---\n'), snapshot).cells[0]?.after;
        const back = planOf([...some.map(yaml)].reverse().join('---\n'), snapshot).cells[0]?.after;
        expect(back).toEqual(there);
      }),
      { numRuns: 50 },
    );
  });
});

describe('groups that AWS services have made', () => {
  const managed = {
    ...group('svc', 'tcp 22 from 0.0.0.0/0'),
    about: { name: 'svc', vpc: 'vpc-00000001', description: '', tags: { 'aws:eks:cluster-name': 'c' } },
  };
  const found = { 'sg-00000001': managed, 'sg-00000002': { ...managed }, 'sg-00000003': group('web') };
  const planned = (groups: string) => {
    const state = stateOf(
      `kind: Policy\nname: p\ntargets: { accounts: ["${A}"], regions: [eu-west-1] }\nguardrails: { allowed-ingress: [{ ports: [22], from: none, otherwise: report, groups: ${groups} }] }\n`,
    );
    const [fleet] = state.fleets;
    if (!fleet) throw new Error('no fleet');
    return planState(state, fleet, snapshotOf(reading({ reader: 'security-group', found })), {
      guardrails,
      today: TODAY,
    });
  };

  it('are counted where they are left out, and told once', () => {
    const plan = planned('all');
    expect(plan.notes).toMatchObject([{ code: 'left-out', count: 2, address: { account: A, id: '' } }]);
    const [notice] = noticesBefore(plan);
    expect(notice?.title).toBe('Notes');
    expect(notice?.remarks.map(({ text }) => write(text, String))).toEqual([
      expect.stringContaining('2 in 1 target left out of allowed-ingress: groups that AWS services have made'),
    ]);
    expect(noticesAfter(plan)).toEqual([]);
  });

  it('are not mentioned where they are asked for, or would not be meant anyway', () => {
    expect(planned('{ managed: true }').notes.map(({ code }) => code)).toEqual(['not-allowed', 'not-allowed']);
    expect(planned('{ names: ["web*"] }').notes).toEqual([]);
  });
});
