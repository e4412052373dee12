/** Exact rules of a group: what is wanted, who asks for it, and what happens where others want something else. */
import { describe, expect, it } from 'vitest';
import { guardrails } from '../../src/guardrails/index.ts';
import type { Cell, Plan } from '../../src/model/plan.ts';
import type { Observation } from '../../src/model/resource.ts';
import type { Reading } from '../../src/model/snapshot.ts';
import { planState } from '../../src/plan/plan.ts';
import { TODAY } from '../support/sandbox.ts';
import { group, reading, snapshotOf, stateOf, unused } from '../support/snapshots.ts';
import { refusalsOf } from './refusals.ts';

const RANGES =
  'kind: Ranges\nranges: { corporate: [198.51.100.0/24, "2001:db8:10::/48"], v6only: ["2001:db8::/32"], v4only: [192.0.2.0/24] }\n---\n';
const policy = (name: string, body: string): string =>
  `kind: Policy\nname: ${name}\ntargets: { accounts: [all] }\nguardrails:\n${body}\n`;
const exactly = (rules: string): string =>
  policy('shared', `  security-group-rules:\n    - { groups: { names: [web] }, ${rules} }`);

function planOf(yaml: string, web: Observation, ...more: readonly Reading[]): Plan {
  const state = stateOf(RANGES + yaml);
  const [fleet] = state.fleets;
  if (!fleet) throw new Error('no fleet');
  const snapshot = snapshotOf(
    reading({ reader: 'security-group', found: { 'sg-0000000a': web } }),
    unused('sg-0000000a'),
    ...more,
  );
  return planState(state, fleet, snapshot, { guardrails, today: TODAY });
}

function cellOf(yaml: string, ...rules: readonly string[]): Cell | undefined {
  return planOf(yaml, group('web', ...rules)).cells[0];
}

const namesIn = (cell: Cell | undefined): string[] => Object.keys(cell?.after ?? {}).sort();

describe('the rules of a selected group', () => {
  it.each([
    ['tcp 443 from 10.0.0.0/8', ['tcp 443 from 10.0.0.0/8']],
    ['tcp 443 from corporate', ['tcp 443 from 198.51.100.0/24', 'tcp 443 from 2001:db8:10::/48']],
    ['udp 0-65535 from internet', ['udp 0-65535 from 0.0.0.0/0', 'udp 0-65535 from ::/0']],
    ['icmp all from corporate', ['icmp all from 198.51.100.0/24']],
    ['icmpv6 128 from corporate', ['icmpv6 128 from 2001:db8:10::/48']],
    ['all from itself', ['all from sg-0000000a']],
    ['TCP 5432 from sg-0000000b', ['tcp 5432 from sg-0000000b']],
    ['protocol 50 from 10.0.0.0/8', ['protocol 50 from 10.0.0.0/8']],
  ])('%s means %j', (text, names) => {
    expect(namesIn(cellOf(exactly(`ingress: ["${text}"]`)))).toEqual(names);
  });

  it('are added, taken away and left alone', () => {
    const cell = cellOf(
      exactly('ingress: [tcp 443 from 10.0.0.0/8, udp 53 from 10.0.0.0/8]'),
      'udp 53 from 10.0.0.0/8',
      'tcp 22 from sg-00000001',
    );
    expect(cell?.outcome).toBe('change');
    expect(
      cell?.steps.flatMap(({ changes }) => changes.map(({ field, after: now }) => `${now ? '+' : '-'} ${field}`)),
    ).toEqual(['+ tcp 443 from 10.0.0.0/8', '- tcp 22 from sg-00000001']);
  });

  it('of a direction that is not written stay, those of one with "none" go', () => {
    expect(namesIn(cellOf(exactly('egress: none'), 'tcp 22 from sg-00000001', 'all to 0.0.0.0/0'))).toEqual([
      'tcp 22 from sg-00000001',
    ]);
    expect(
      cellOf(exactly('ingress: [tcp 22 from sg-00000001]'), 'tcp 22 from sg-00000001', 'all to 0.0.0.0/0'),
    ).toBeUndefined();
  });

  it('of several items that select the same group add up', () => {
    const items =
      '  security-group-rules:\n    - { groups: { names: ["w*"] }, ingress: [tcp 1 from sg-00000001] }\n    - { groups: { vpcs: [vpc-00000001] }, ingress: [tcp 2 from sg-00000001], egress: none }';
    expect(namesIn(cellOf(policy('shared', items), 'all to 0.0.0.0/0'))).toEqual([
      'tcp 1 from sg-00000001',
      'tcp 2 from sg-00000001',
    ]);
  });

  it('keep the labels that the state does not give, and get those that it gives', () => {
    const web = group('web', 'tcp 22 from sg-00000001');
    const name = 'tcp 22 from sg-00000001';
    const rule = { ...(web.value[name] as object), description: 'old', tags: { ticket: '1', 'aws:x': 'y' } };
    const labelled = { ...web, value: { [name]: rule } };
    expect(planOf(exactly(`ingress: [${name}]`), labelled).cells).toEqual([]);
    const described = planOf(exactly(`ingress: [{ rule: ${name}, description: new }]`), labelled).cells[0];
    expect(described?.after[name]).toEqual({ ...rule, description: 'new' });
    const tagged = planOf(exactly(`ingress: [{ rule: ${name}, tags: { owner: me }, description: "" }]`), labelled)
      .cells[0];
    const { description: _, ...bare } = rule;
    expect(tagged?.after[name]).toEqual({ ...bare, tags: { 'aws:x': 'y', owner: 'me' } });
    expect(tagged?.steps.map(({ call }) => call.operation)).toEqual([
      'ec2:UpdateSecurityGroupRuleDescriptionsIngress',
      'ec2:CreateTags',
      'ec2:DeleteTags',
    ]);
  });

  it('may name a prefix list of AWS, which is asked for and becomes its id', () => {
    const name = 'com.amazonaws.global.cloudfront.origin-facing';
    const state = exactly(`ingress: [tcp 443 from ${name}]`);
    const list = {
      value: { '192.0.2.0/24': '' },
      handles: { version: '1' },
      about: { id: 'pl-00000abc', weight: 55, family: 'IPv4' },
    };
    const known = reading({ reader: 'prefix-list', found: { [name]: list }, want: { ids: [name] } });
    const gone = reading({ reader: 'prefix-list', found: {}, want: { ids: [name] } });
    expect(namesIn(planOf(state, group('web'), known).cells[0])).toEqual(['tcp 443 from pl-00000abc']);
    expect(planOf(state, group('web'), gone).cells).toMatchObject([
      { outcome: 'unread', reason: { code: 'evidence-not-readable' } },
    ]);
    expect(planOf(state, group('web')).cells).toMatchObject([
      { outcome: 'unread', reason: { code: 'evidence-missing' } },
    ]);
  });

  it('are asked for by the line that writes them, or that says that the direction is managed', () => {
    const state = policy(
      'shared',
      '  security-group-rules:\n    - groups: { names: [web] }\n      ingress:\n        - tcp 1 from sg-00000001\n        - rule: tcp 2 from sg-00000001\n          description: two',
    );
    const lines = (...rules: readonly string[]) => cellOf(state, ...rules)?.causes.map(({ at }) => at.line);
    expect(lines('tcp 1 from sg-00000001')).toEqual([17]);
    expect(lines('tcp 2 from sg-00000001')).toContain(16);
    expect(lines('tcp 1 from sg-00000001', 'tcp 2 from sg-00000001')).toEqual([17]);
    const described = { ...group('web', 'tcp 1 from sg-00000001', 'tcp 2 from sg-00000001', 'udp 9 from sg-00000001') };
    expect(planOf(state, described).cells[0]?.causes.map(({ at }) => at.line)).toEqual([15, 17]);
  });
});

describe('what cannot be meant is told when the state is loaded', () => {
  it.each([
    ['{ groups: all, ingress: none }', 'name the groups'],
    ['{ groups: { managed: true }, ingress: none }', 'name the groups'],
    ['{ groups: { names: [web] } }', 'decides nothing'],
    ['{ groups: { names: [web] }, ingress: [] }', 'write "none"'],
    ['{ groups: { names: [web] }, ingress: [tcp 22 to 10.0.0.0/8] }', 'says "from"'],
    ['{ groups: { names: [web] }, egress: [tcp 22] }', 'is not a rule'],
    ['{ groups: { names: [web] }, ingress: [tcp 99999 from corporate] }', 'tcp ports'],
    ['{ groups: { names: [web] }, ingress: [22 from corporate] }', '"22 from corporate": "22" may be meant as a port'],
    ['{ groups: { names: [web] }, ingress: [22 from corporate] }', 'write "tcp 22" or "udp 22" for the port'],
    ['{ groups: { names: [web] }, ingress: [icmpv6 from corporate] }', '"icmpv6 from corporate": icmpv6 is without'],
    [
      '{ groups: { names: [web] }, ingress: [tcp 022 from corporate] }',
      '"tcp 022 from corporate": "022" has a leading',
    ],
    ['{ groups: { names: [web] }, ingress: [icmp 8 from v6only] }', '"icmp 8 from v6only" means no rule: nothing in'],
    ['{ groups: { names: [web] }, ingress: [icmp 8 from v6only] }', '"icmpv6 all from v6only"'],
    ['{ groups: { names: [web] }, ingress: [icmpv6 all from v4only] }', '"icmpv6 all from v4only" means no rule'],
    ['{ groups: { names: [web] }, ingress: ["icmp 8/0 from ::/0"] }', '"icmp 8/0 from ::/0": ::/0 is not IPv4'],
    ['{ groups: { names: [web] }, egress: ["icmp 8/0 to ::/0"] }', '"icmpv6 128 to ::/0" is echo request'],
    ['{ groups: { names: [web] }, ingress: [icmpv6 128 from 10.0.0.0/8] }', '"icmp all from 10.0.0.0/8"'],
    ['{ groups: { names: [web] }, ingress: [tcp 22 from sg-xyz] }', '"sg-xyz" is not the id of a security group'],
    ['{ groups: { names: [web] }, ingress: [tcp 22 from pl-xyz] }', '"pl-xyz" is not the id of a prefix list'],
    ['{ groups: { names: [web] }, ingress: [tcp 22 from my office] }', '"my office" is neither a range'],
    ['{ groups: { names: [web] }, ingress: [tcp 22 from 10.0.0.1] }', 'write 10.0.0.1/32'],
    ['{ groups: { names: [web] }, ingress: [ssh from corporate] }', '"ssh" is not a protocol'],
    ['{ groups: { names: [web] }, ingress: [tcp 22 from corporat] }', 'unknown range "corporat"'],
    ['{ groups: { names: [web] }, ingress: [tcp 22 from 10.0.0.1/8] }', 'host bits'],
    [
      '{ groups: { names: [web] }, ingress: [{ rule: tcp 22 from sg-00000001, tags: { "aws:x": y } }] }',
      'a key of a tag',
    ],
    [
      '{ groups: { names: [web] }, ingress: [{ rule: tcp 22 from sg-00000001, description: "ä" }] }',
      'in a description',
    ],
    [
      '{ groups: { names: [web] }, ingress: [{ rule: tcp 22 from sg-00000001, description: "a & b" }] }',
      'EC2 takes no "&"',
    ],
    ['{ groups: { names: [web] }, ingress: [{ rule: all from itself, description: "a & b" }] }', 'EC2 takes no "&"'],
    [
      '{ groups: { names: [web] }, ingress: [{ rule: tcp 22 from pl-00000001, description: "a & b" }] }',
      'EC2 takes no "&"',
    ],
    [
      '{ groups: { names: [web] }, ingress: [{ rule: tcp 22 from com.amazonaws.eu-west-1.s3, description: "a & b" }] }',
      'EC2 takes no "&"',
    ],
    [
      '{ groups: { names: [web] }, ingress: [{ rule: tcp 22 from 111122223333/sg-00000001, description: "a & b" }] }',
      'EC2 takes no "&"',
    ],
  ])('%s', (item, words) => {
    expect(refusalsOf(() => stateOf(RANGES + policy('shared', `  security-group-rules:\n    - ${item}`)))).toContain(
      words,
    );
  });
});

it('takes an ampersand in the description of a rule about addresses', () => {
  const item = '{ groups: { names: [web] }, ingress: [{ rule: tcp 22 from corporate, description: "a & b" }] }';
  expect(() => stateOf(RANGES + policy('shared', `  security-group-rules:\n    - ${item}`))).not.toThrow();
});

it('one malformed line hides nothing of the others: every mistake is told at once', () => {
  const lines = [
    'tcp 22 from corporat',
    '22 from corporate',
    'tcp 22 from offise',
    'tcp 22 from 10.0.0.1/8',
    'icmp 8 from v6only',
  ];
  const items = `[{ groups: { names: [web] }, ingress: [${lines.join(', ')}] }, { groups: all, egress: [tcp 1 to nowhere] }]`;
  const words = refusalsOf(() => stateOf(RANGES + policy('shared', `  security-group-rules: ${items}`)));
  for (const part of [
    'unknown range "corporat". did you mean "corporate"?',
    '"22" may be meant as a port',
    'unknown range "offise"',
    'host bits set',
    '"icmp 8 from v6only" means no rule',
    'name the groups',
    'unknown range "nowhere"',
  ])
    expect(words).toContain(part);
});

describe('a restrictor against a setter', () => {
  const SSH = policy('ssh', '  allowed-ingress:\n    - { ports: [22], from: [10.0.0.0/8], otherwise: narrow }');

  it('that would cut what is demanded holds the cell, and both lines are named', () => {
    const cell = cellOf(`${exactly('ingress: [tcp 443 from corporate, tcp 22 from 0.0.0.0/0]')}---\n${SSH}`);
    expect(cell).toMatchObject({ outcome: 'held', reason: { code: 'restrictor-against-setter' } });
    expect(cell?.reason?.message).toBe('shared (state.yaml:14) demands what ssh (state.yaml:21) takes away');
  });

  it('holds it also where the demand is met already', () => {
    const state = `${exactly('ingress: [tcp 22 from 0.0.0.0/0]')}---\n${SSH}`;
    expect(cellOf(state, 'tcp 22 from 0.0.0.0/0')).toMatchObject({ outcome: 'held' });
  });

  it('that cuts only what the setter takes away too, or does not manage, stands in nobody’s way', () => {
    const narrow = `${exactly('egress: none')}---\n${SSH}`;
    const cell = cellOf(narrow, 'tcp 22 from 0.0.0.0/0', 'all to 0.0.0.0/0');
    expect(cell).toMatchObject({ outcome: 'change' });
    expect(namesIn(cell)).toEqual(['tcp 22 from 10.0.0.0/8']);
    expect(namesIn(cellOf(`${exactly('ingress: none')}---\n${SSH}`, 'tcp 22 from 0.0.0.0/0'))).toEqual([]);
  });
});

describe('several policies', () => {
  const other = exactly('ingress: [udp 9 from sg-00000001]').replace('name: shared', 'name: other');

  it('with different rules for one group are a mistake that names both lines', () => {
    expect(() => cellOf(`${exactly('ingress: none')}---\n${other}`)).toThrow(/give different values/);
  });

  it('for different groups do not meet', () => {
    const database = other.replace('[web]', '[database]');
    expect(namesIn(cellOf(`${exactly('ingress: [tcp 1 from sg-00000001]')}---\n${database}`))).toEqual([
      'tcp 1 from sg-00000001',
    ]);
  });

  it('of which one overrides the other: its list wins as a whole', () => {
    const state = `${exactly('ingress: [tcp 1 from sg-00000001]')}---\n${other.replace('targets:', 'overrides: [shared]\ntargets:')}`;
    const cell = cellOf(state);
    expect(namesIn(cell)).toEqual(['udp 9 from sg-00000001']);
    expect(cell?.causes.map(({ policy: name }) => name)).toEqual(['other']);
  });
});

describe('an exception', () => {
  const spare = (rule: string): string =>
    `---\nkind: Exceptions\nexceptions: [{ guardrail: security-group-rules, scope: { group: web, rule: "${rule}" }, owner: me, reason: why, expires: 2026-12-31 }]\n`;

  it('keeps a rule that would go, whatever its spelling', () => {
    const state = exactly('ingress: none') + spare('TCP 22 from SG-00000001');
    expect(cellOf(state, 'tcp 22 from sg-00000001')).toBeUndefined();
    expect(namesIn(cellOf(state, 'tcp 22 from sg-00000001', 'tcp 23 from sg-00000001'))).toEqual([
      'tcp 22 from sg-00000001',
    ]);
  });

  it('keeps a part of a rule that would go', () => {
    const state = exactly('ingress: none') + spare('tcp 22 from 203.0.113.7/32');
    expect(namesIn(cellOf(state, 'tcp 20-25 from 0.0.0.0/0'))).toEqual(['tcp 22 from 203.0.113.7/32']);
  });

  it('never adds: a rule that it spares and that is not there stays away', () => {
    const state =
      exactly('ingress: [tcp 22 from sg-00000001, tcp 23 from sg-00000001]') + spare('tcp 22 from sg-00000001');
    expect(namesIn(cellOf(state))).toEqual(['tcp 23 from sg-00000001']);
  });

  it('from one guardrail spares nothing from another', () => {
    const SSH = policy('ssh', '  allowed-ingress:\n    - { ports: [22], from: none, otherwise: revoke }');
    const state = `${exactly('ingress: none')}---\n${SSH}${spare('tcp 22 from 10.0.0.0/8')}`;
    const cell = cellOf(state, 'tcp 22 from 10.0.0.0/8');
    expect(cell).toMatchObject({ outcome: 'change', after: {} });
    expect(cell?.causes.map(({ guardrail }) => guardrail)).toEqual(['allowed-ingress']);
  });
});
