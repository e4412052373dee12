import { describe, expect, it } from 'vitest';
import { loadDocuments } from '../../src/state/load.ts';
import { load, options } from './sample.ts';

const FULL = `
kind: Fleet
accounts:
  - { id: "111122223333", name: web, tags: { env: production }, ou: Production/Web }
  - { id: "444455556666" }
caller: "777788889999"
callingAccount: exclude
include: ["ou:Production", "name:web-*"]
role: { read: trueup-read, write: "arn:{partition}:iam::{account}:role/trueup/write" }
regions: { include: [eu-west-1, us-gov-west-1], exclude: [eu-west-2] }
limits: { concurrency: 8, rate: { ec2: 20/s, iam: 5 } }
endpoints: { ec2: { us-west-2: "https://vpce-1.ec2.us-west-2.vpce.amazonaws.com", "*": "https://ec2.example.com" } }
safety: { limits: { percent: 10.5 }, neverTouch: [sg-0123456789abcdef0, "tag:keep=yes"] }
heal: [door-lock]
fences:
  - { deny: ["iam:*"] }
  - { deny: [ec2:DeleteTags], on: ["arn:{partition}:ec2:*:{account}:*"], when: { StringEquals: { "aws:ResourceTag/keep": ["yes"] } } }
---
kind: Ranges
ranges: { corporate: [198.51.100.0/24, 2001:0DB8:10::/48] }
`;

const POLICY = `kind: Policy
name: baseline
targets: { accounts: [all], exclude: ["tag:env=sandbox"] }
guardrails:
  door-lock:
    length: 14
  open-gates:
    - { ports: [22], from: [corporate, private, 203.0.113.0/24, sg-00000abc] }
    - ports: { not: [80] }
      from: []
      otherwise: report
---
kind: Policy
name: stricter
targets: { accounts: [self], regions: [eu-west-1] }
overrides: [baseline]
guardrails: { door-lock: { length: 20 } }
`;

const EXCEPTIONS = `kind: Exceptions
exceptions:
  - guardrail: open-gates
    scope: { account: "111122223333", group: sg-00000abc, rule: tcp 22 from 203.0.113.7/32 }
    owner: team-web
    reason: the vendor's office moves in January
    expires: 2027-01-31
`;

describe('a state that is right', () => {
  const state = load([FULL, POLICY, EXCEPTIONS]);

  it('keeps what the fleet says and fills in the rest', () => {
    expect(state.fleets).toEqual([
      {
        name: 'default',
        at: { file: 'state/1.yaml', line: 2, column: 1 },
        accounts: [
          { id: '111122223333', name: 'web', tags: { env: 'production' }, ou: 'Production/Web' },
          { id: '444455556666' },
        ],
        caller: '777788889999',
        callingAccount: 'exclude',
        include: ['ou:Production', 'name:web-*'],
        exclude: [],
        role: { read: 'trueup-read', write: 'arn:{partition}:iam::{account}:role/trueup/write' },
        regions: { include: ['eu-west-1', 'us-gov-west-1'], exclude: ['eu-west-2'] },
        homeRegion: 'eu-west-1',
        limits: { concurrency: 8, rate: { ec2: 20, iam: 5 } },
        endpoints: {
          ec2: { 'us-west-2': 'https://vpce-1.ec2.us-west-2.vpce.amazonaws.com', '*': 'https://ec2.example.com' },
        },
        safety: {
          limits: { perAccount: 20, perGuardrail: 200, perRun: 500, percent: 10.5, guardrails: {} },
          neverTouch: ['sg-0123456789abcdef0', 'tag:keep=yes'],
          maxExceptionDays: 180,
          rulesPerGroup: 60,
        },
        heal: ['door-lock'],
        drift: 'merge',
        fences: [
          { deny: ['iam:*'], on: ['*'] },
          {
            deny: ['ec2:DeleteTags'],
            on: ['arn:{partition}:ec2:*:{account}:*'],
            when: { StringEquals: { 'aws:ResourceTag/keep': ['yes'] } },
          },
        ],
      },
    ]);
  });

  it('writes ranges in their canonical form and adds the built-in ones', () => {
    expect(state.ranges).toEqual({
      internet: ['0.0.0.0/0', '::/0'],
      private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
      corporate: ['198.51.100.0/24', '2001:db8:10::/48'],
    });
  });

  it('checks params with the schema of their guardrail and fills in its defaults', () => {
    expect(state.policies.map(({ name, targets, overrides }) => ({ name, targets, overrides }))).toEqual([
      { name: 'baseline', targets: { accounts: ['all'], exclude: ['tag:env=sandbox'], regions: 'all' }, overrides: [] },
      {
        name: 'stricter',
        targets: { accounts: ['self'], exclude: [], regions: ['eu-west-1'] },
        overrides: ['baseline'],
      },
    ]);
    expect(state.policies[0]?.guardrails.map(({ guardrail, params }) => ({ guardrail, params }))).toEqual([
      { guardrail: 'door-lock', params: { length: 14 } },
      {
        guardrail: 'open-gates',
        params: [
          { ports: [22], from: ['corporate', 'private', '203.0.113.0/24', 'sg-00000abc'], otherwise: 'narrow' },
          { ports: { not: [80] }, from: [], otherwise: 'report' },
        ],
      },
    ]);
  });

  it('knows where each part of the params stands', () => {
    const [lock, gates] = state.policies[0]?.guardrails ?? [];
    expect(lock?.at).toEqual({ file: 'state/2.yaml', line: 5, column: 3 });
    expect(lock?.positions).toEqual({ length: { file: 'state/2.yaml', line: 6, column: 5 } });
    const places = Object.entries(gates?.positions ?? {}).map(
      ([path, { line, column }]) => `${path} ${line}:${column}`,
    );
    expect(places.sort()).toEqual([
      '0 8:7',
      '0.from 8:22',
      '0.from.0 8:29',
      '0.from.1 8:40',
      '0.from.2 8:49',
      '0.from.3 8:65',
      '0.ports 8:9',
      '0.ports.0 8:17',
      '1 9:7',
      '1.from 10:7',
      '1.otherwise 11:7',
      '1.ports 9:7',
      '1.ports.not 9:16',
      '1.ports.not.0 9:22',
    ]);
  });

  it('keeps exceptions with their place', () => {
    expect(state.exceptions).toEqual([
      {
        guardrail: 'open-gates',
        scope: { account: '111122223333', group: 'sg-00000abc', rule: 'tcp 22 from 203.0.113.7/32' },
        owner: 'team-web',
        reason: "the vendor's office moves in January",
        expires: '2027-01-31',
        at: { file: 'state/3.yaml', line: 3, column: 5 },
      },
    ]);
  });

  it('is the same whatever order the files come in', () => {
    const files = [FULL, POLICY, EXCEPTIONS].map((text, index) => ({ path: `state/${index + 1}.yaml`, text }));
    expect(loadDocuments([...files].reverse(), options())).toEqual(loadDocuments(files, options()));
  });
});

describe('the region for calls that need one', () => {
  const homeRegion = (lines: string) => load([`kind: Fleet\naccounts: self\n${lines}\n`]).fleets[0]?.homeRegion;

  it.each([
    ['is the one that is written', 'homeRegion: sa-east-1\nregions: [eu-west-1]', 'sa-east-1'],
    ['is the first region of a list', 'regions: [eu-west-1, eu-west-2]', 'eu-west-1'],
    ['is the first region that is included', 'regions: { include: [ap-south-1] }', 'ap-south-1'],
    ['is the first that is named in full', 'regions: ["eu-*", eu-west-2]', 'eu-west-2'],
    ['is no pattern', 'regions: ["eu-*"]', 'us-east-1'],
    ['is us-east-1 if nothing is said', '', 'us-east-1'],
    ['is us-east-1 if regions are only excluded', 'regions: { exclude: [eu-west-1] }', 'us-east-1'],
    ['lies in the partition of the role', 'role: { read: "arn:aws-cn:iam::{account}:role/read" }', 'cn-north-1'],
  ])('%s', (_, lines, expected) => {
    expect(homeRegion(lines)).toBe(expected);
  });
});

describe('patterns of regions', () => {
  it('stand where regions are chosen, in a fleet and in the targets of a policy', () => {
    const state = load([
      'kind: Fleet\naccounts: self\nregions: { include: ["eu-*", us-east-?], exclude: ["eu-south-*"] }\n',
      'kind: Policy\nname: p\ntargets: { accounts: [all], regions: ["us-*", eu-west-1] }\nguardrails: {}\n',
    ]);
    expect(state.fleets[0]?.regions).toEqual({ include: ['eu-*', 'us-east-?'], exclude: ['eu-south-*'] });
    expect(state.policies[0]?.targets.regions).toEqual(['us-*', 'eu-west-1']);
  });
});

describe('several fleets', () => {
  it('may stand in one file under different names', () => {
    const state = load(['kind: Fleet\nname: a\naccounts: self\n---\nkind: Fleet\nname: b\naccounts: organization\n']);
    expect(state.fleets.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});
