import { describe, expect, it } from 'vitest';
import { FLEET, marked, placesOf, problemsIn } from './sample.ts';

/** `▸` stands before the place that the problem must name. */
type Case = [sentence: string, yaml: string, code: string, message: RegExp, advice?: RegExp];

const fleet = (lines: string) => `kind: Fleet\naccounts: self\n${lines}\n`;
const policy = (lines: string) => `kind: Policy\nname: baseline\ntargets: { accounts: [all] }\n${lines}\n`;
const guardrails = (lines: string) => policy(`guardrails:\n${lines}`);
const exception = (more: string) =>
  `kind: Exceptions\nexceptions:\n  - { guardrail: door-lock, owner: web, reason: moving, ${more} }\n`;

const DOCUMENTS: readonly Case[] = [
  [
    'a document that is a text',
    '▸hello',
    'not-a-document',
    /is a mapping/,
    /kind: Fleet, Ranges, Policy or Exceptions/,
  ],
  ['a document that is a list', '▸- a', 'not-a-document', /is a mapping/],
  ['a document without kind', '▸name: x', 'missing-kind', /does not say its kind/],
  ['a document with an empty kind', '▸kind:\nname: x', 'missing-kind', /does not say its kind/],
  ['an unknown kind', 'kind: ▸Polcy', 'unknown-kind', /unknown kind "Polcy"/, /did you mean "Policy"/],
  ['a kind in small letters', 'kind: ▸fleet', 'unknown-kind', /unknown kind "fleet"/, /did you mean "Fleet"/],
  ['a kind like no other', 'kind: ▸Deployment', 'unknown-kind', /"Deployment"/, /known are Fleet, Ranges/],
  ['an unknown key', fleet('▸excludes: []'), 'unknown-key', /unknown key "excludes"/, /did you mean "exclude"/],
  ['an unknown key below', fleet('safety: { limits: { ▸perAcount: 3 } }'), 'unknown-key', /perAcount/, /"perAccount"/],
  [
    'a key without its space',
    fleet('limits: {▸concurrency:3}'),
    'unknown-key',
    /"concurrency:3"/,
    /a space after the colon/,
  ],
  ['a missing key', '▸kind: Fleet', 'missing-key', /"accounts" is missing/],
  [
    'a missing key below',
    'kind: Policy\nname: x\n▸targets: {}\nguardrails: {}',
    'missing-key',
    /"accounts" is missing/,
  ],
  ['a missing key in a list', 'kind: Fleet\naccounts: [▸{ name: x }]', 'missing-key', /"id" is missing/],
  ['a policy without targets', '▸kind: Policy\nname: x\nguardrails: {}', 'missing-key', /"targets" is missing/],
  [
    'a value left empty',
    fleet('▸exclude:\nheal: []'),
    'wrong-type',
    /expected a list, found nothing/,
    /remove the line/,
  ],
  ['a text instead of a list', fleet('exclude: ▸self'), 'wrong-type', /expected a list, found a text/, /\[self\]/],
  ['a mapping instead of a list', fleet('▸exclude:\n  a: b'), 'wrong-type', /expected a list, found a mapping/],
  ['a number out of bounds', fleet('limits: { concurrency: ▸0 }'), 'wrong-value', /must be at least 1/],
  [
    'more than all of it, for one guardrail',
    fleet('safety: { limits: { guardrails: { door-lock: { percent: ▸101 } } } }'),
    'wrong-value',
    /must be at most 100/,
  ],
  ['a fraction of a count', fleet('limits: { concurrency: ▸1.5 }'), 'wrong-type', /expected a whole number/],
  ['more than all of it', fleet('safety: { limits: { percent: ▸101 } }'), 'wrong-value', /must be at most 100/],
  ['an empty list of regions', fleet('▸regions: []'), 'wrong-value', /must have at least 1 item$/],
  [
    'two kinds of accounts',
    'kind: Fleet\naccounts: ▸organisation',
    'wrong-type',
    /"organization", "self" or a list, found a text/,
    /"organization"/,
  ],
  ['a word like no other', fleet('callingAccount: ▸maybe'), 'wrong-value', /expected "include" or "exclude"/],
];

const SHAPES: readonly Case[] = [
  [
    'an account id without quotes',
    fleet('exclude: [▸999988887777]'),
    'wrong-type',
    /found a number/,
    /quotes: "999988887777"/,
  ],
  [
    'an account id that lost its zero',
    fleet('exclude: [▸012345678901]'),
    'unusual-number',
    /the number 12345678901$/,
    /^put it in quotes.*"012345678901"/,
  ],
  ['an account id that is too short', 'kind: Fleet\naccounts: [{ id: ▸"11112222333" }]', 'wrong-value', /12 digits/],
  ['a region with a typing error', fleet('regions: [eu-west-1, ▸eu-west1]'), 'wrong-value', /looks like "eu-west-1"/],
  [
    'a region of a policy',
    'kind: Policy\nname: x\ntargets: { accounts: [all], regions: [▸everywhere] }\nguardrails: {}',
    'wrong-value',
    /looks like "eu-west-1"/,
  ],
  [
    'a role with an unknown placeholder',
    fleet('role: { read: ▸"arn:{partition}:iam::{acount}:role/x" }'),
    'wrong-value',
    /only \{account\} and \{partition\}/,
  ],
  [
    'a role that is no role',
    fleet('role: { write: ▸"arn:aws:iam::{account}:user/x" }'),
    'wrong-value',
    /neither the name nor the ARN/,
  ],
  ['an external id with spaces', fleet('externalId: ▸a b'), 'wrong-value', /an external id has/],
  [
    'an endpoint that is no URL',
    fleet('endpoints: { ec2: { eu-west-1: ▸ec2.example.com } }'),
    'wrong-value',
    /an https:\/\/ URL/,
  ],
  [
    'an endpoint with a password',
    fleet('endpoints: { ec2: { "*": ▸"https://a:b@example.com" } }'),
    'wrong-value',
    /without user/,
  ],
  [
    'an endpoint for no region',
    fleet('endpoints: { ec2: { ▸eu: "https://example.com" } }'),
    'wrong-value',
    /looks like "eu-west-1"/,
  ],
  [
    'an endpoint for a service with a typing error',
    fleet('endpoints: { ▸s3control: {} }'),
    'unknown-key',
    /unknown key "s3control"/,
    /did you mean "s3-control"/,
  ],
  [
    'an endpoint for no service',
    fleet('endpoints: { ▸"EC2!": {} }'),
    'unknown-key',
    /"EC2!"/,
    /"ec2"|known are ec2, iam/,
  ],
  [
    'a rate of a service with a typing error',
    fleet('limits: { rate: { ▸security-hub: 5/s } }'),
    'unknown-key',
    /unknown key "security-hub"/,
    /did you mean "securityhub"/,
  ],
  [
    'a rate of a service that is not called',
    fleet('limits: { rate: { ▸dynamodb: 5/s } }'),
    'unknown-key',
    /"dynamodb"/,
    /known are ec2, iam, kms/,
  ],
  ['a pattern that means every region', fleet('regions: [▸"*"]'), 'wrong-value', /a pattern of regions like "eu-\*"/],
  ['a pattern with a typing error', fleet('regions: { include: [▸"eu_*"] }'), 'wrong-value', /like "eu-\*"/],
  ['a pattern where one region is meant', fleet('homeRegion: ▸"eu-*"'), 'wrong-value', /looks like "eu-west-1"/],
  ['a rate per minute', fleet('limits: { rate: { ec2: ▸20/m } }'), 'wrong-value', /calls per second: write e.g. 20\/s/],
  ['a rate of nothing', fleet('limits: { rate: { ec2: ▸0 } }'), 'wrong-value', /above 0/],
  [
    'protection that protects nothing',
    fleet('safety: { neverTouch: [▸production] }'),
    'bad-selector',
    /protects nothing/,
  ],
  [
    'protection of an id with one digit less',
    fleet('safety: { neverTouch: [▸sg-0123456789abcdef] }'),
    'bad-selector',
    /protects nothing/,
    /sg-0123456789abcdef0/,
  ],
  ['a fence around no action', fleet('fences: [{ deny: [▸DeleteTags] }]'), 'wrong-value', /written as in IAM/],
  ['a fence around no resource', fleet('fences: [{ deny: ["ec2:*"], on: [▸sg-1] }]'), 'wrong-value', /ARN/],
  [
    'a fence with an operator that IAM does not have',
    fleet('fences: [{ deny: ["*"], when: { ▸Equals: { "aws:PrincipalArn": [x] } } }]'),
    'wrong-value',
    /operator of IAM/,
  ],
  [
    'fences too long for a session',
    fleet(`▸fences: [{ deny: ["ec2:${'x'.repeat(800)}"] }]`),
    'wrong-value',
    /boundary/,
  ],
  ['a selector of nothing', fleet('include: [▸production]'), 'bad-selector', /selects no account/, /name:production/],
  ['a star in a tag', fleet('exclude: [▸"tag:tier=jew*"]'), 'bad-selector', /no pattern here/, /only name: takes/],
  ['a star in a unit', fleet('include: [▸"ou:Prod*"]'), 'bad-selector', /no pattern here/, /only name: takes/],
  [
    'a protection of a tag with a star',
    fleet('safety: { neverTouch: [▸"tag:tier=jew*"] }'),
    'bad-selector',
    /protects nothing/,
    /write each value; only name: takes/,
  ],
  ['a star', fleet('include: [▸"*"]'), 'bad-selector', /selects no account/, /write all/],
  ['a misspelt prefix', fleet('include: [▸"names:web-*"]'), 'bad-selector', /selects no account/, /name:web-\*/],
  ['a tag without a value', fleet('include: [▸"tag:env"]'), 'bad-selector', /not complete/, /tag:env=production/],
  ['a unit with an empty part', fleet('include: [▸"ou:Production//Web"]'), 'bad-selector', /not complete/],
  [
    'a unit without its prefix',
    fleet('include: [▸ou-ab12-34cdefgh]'),
    'bad-selector',
    /selects/,
    /write ou:ou-ab12-34cdefgh/,
  ],
  [
    'a name of nothing',
    'kind: Policy\nname: ▸""\ntargets: { accounts: [all] }\nguardrails: {}',
    'wrong-value',
    /a name has/,
  ],
];

const RANGES: readonly Case[] = [
  [
    'host bits',
    'kind: Ranges\nranges: { a: [▸198.51.100.7/24] }',
    'bad-cidr',
    /host bits set.*198\.51\.100\.0\/24/,
    /write 198\.51\.100\.0\/24/,
  ],
  [
    'an address without length',
    'kind: Ranges\nranges: { a: [▸198.51.100.7] }',
    'bad-cidr',
    /prefix length/,
    /198\.51\.100\.7\/32/,
  ],
  ['an IPv6 range with host bits', 'kind: Ranges\nranges: { a: [▸2001:db8::1/32] }', 'bad-cidr', /2001:db8::\/32/],
  [
    'a built-in name',
    'kind: Ranges\nranges: { ▸internet: [0.0.0.0/0] }',
    'reserved-name',
    /"internet" is built in: it means 0\.0\.0\.0\/0, ::\/0/,
  ],
  ['a name like an id of AWS', 'kind: Ranges\nranges: { ▸sg-office: [10.0.0.0/8] }', 'wrong-value', /ids of AWS/],
  ['an empty range', 'kind: Ranges\nranges: { ▸a: [] }', 'wrong-value', /at least 1 item/],
];

const GUARDRAILS: readonly Case[] = [
  [
    'an unknown guardrail',
    guardrails('  ▸dor-lock: {}'),
    'unknown-guardrail',
    /unknown guardrail "dor-lock"/,
    /did you mean "door-lock"/,
  ],
  [
    'an unknown key of a guardrail',
    guardrails('  door-lock: { length: 8, ▸lenght: 9 }'),
    'unknown-key',
    /"lenght"/,
    /"length"/,
  ],
  ['a wrong value of a guardrail', guardrails('  door-lock: { length: ▸3 }'), 'wrong-value', /must be at least 6/],
  ['a quoted number', guardrails('  door-lock: { length: ▸"14" }'), 'wrong-type', /found a text/, /without quotes: 14/],
  [
    'a YAML 1.1 boolean',
    guardrails('  door-lock: { loud: ▸yes }'),
    'wrong-type',
    /true or false/,
    /write true: YAML 1.2 reads yes as a text/,
  ],
  [
    'a YAML 1.1 boolean for no',
    guardrails('  door-lock: { loud: ▸Off }'),
    'wrong-type',
    /true or false/,
    /write false/,
  ],
  [
    'neither of two types',
    guardrails('  door-lock: { age: ▸forever }'),
    'wrong-type',
    /a number or "never", found a text/,
  ],
  ['an empty guardrail', guardrails('  ▸door-lock:\n'), 'wrong-type', /expected a mapping, found nothing/],
  ['a guardrail that decides nothing', guardrails('  ▸door-lock: {}'), 'wrong-value', /decides nothing/],
  [
    'a wrong value inside one form of two',
    guardrails('  open-gates: [{ ports: { not: [▸x] }, from: [] }]'),
    'wrong-type',
    /expected a number/,
  ],
  [
    'a wrong word',
    guardrails('  open-gates: [{ ports: [], from: [], otherwise: ▸narow }]'),
    'wrong-value',
    /"narrow", "revoke" or "report"/,
    /did you mean "narrow"/,
  ],
  [
    'an unknown range',
    guardrails('  open-gates: [{ ports: [], from: [▸internt] }]'),
    'unknown-range',
    /"internt"/,
    /did you mean "internet"/,
  ],
  [
    'a range named like a method',
    guardrails('  open-gates: [{ ports: [], from: [▸constructor] }]'),
    'unknown-range',
    /"constructor"/,
  ],
  [
    'a CIDR of a guardrail',
    guardrails('  open-gates: [{ ports: [], from: [▸10.1.0.0/8] }]'),
    'bad-cidr',
    /host bits/,
    /10\.0\.0\.0\/8/,
  ],
  [
    'an unknown guardrail that would be limited',
    fleet('safety: { limits: { guardrails: { ▸doorlock: { changes: 1 } } } }'),
    'unknown-guardrail',
    /"doorlock"/,
    /did you mean "door-lock"/,
  ],
  [
    'an unknown guardrail that would be healed',
    fleet('heal: [▸doorlock]'),
    'unknown-guardrail',
    /"doorlock"/,
    /"door-lock"/,
  ],
];

const OVERRIDES: readonly Case[] = [
  [
    'an unknown policy',
    policy('overrides: [▸basline2]\nguardrails: {}'),
    'unknown-policy',
    /"basline2"/,
    /did you mean "baseline"/,
  ],
  [
    'a policy that overrides itself',
    policy('overrides: [▸baseline]\nguardrails: {}'),
    'override-cycle',
    /overrides itself/,
  ],
];

const EXCEPTIONS: readonly Case[] = [
  [
    'an unknown guardrail',
    'kind: Exceptions\nexceptions: [{ guardrail: ▸door, scope: { field: x }, owner: a, reason: b, expires: 2027-01-31 }]',
    'unknown-guardrail',
    /"door"/,
    /door-lock/,
  ],
  ['no scope at all', exception('▸scope: {}, expires: 2027-01-31'), 'wrong-value', /spares everything/],
  [
    'a rule that is none',
    exception('scope: { rule: ▸"ssh from home" }, expires: 2027-01-31'),
    'bad-rule',
    /"ssh from home": "ssh" is not a protocol/,
    /tcp, udp/,
  ],
  [
    'a number that may be a port or a protocol',
    exception('scope: { rule: ▸"22 from 192.0.2.7/32" }, expires: 2027-01-31'),
    'bad-rule',
    /"22 from 192.0.2.7\/32": "22" may be meant as a port or as the number of a protocol/,
    /"tcp 22".*"protocol 22"/,
  ],
  [
    'a rule with host bits',
    exception('scope: { rule: ▸"tcp 22 from 192.0.2.7/24" }, expires: 2027-01-31'),
    'bad-rule',
    /host bits set/,
    /write 192.0.2.0\/24/,
  ],
  [
    'a rule of a group that cannot be',
    exception('scope: { rule: ▸"tcp 22 from sg-web" }, expires: 2027-01-31'),
    'bad-rule',
    /"sg-web" is not the id of a security group/,
  ],
  [
    'a rule and a field at once',
    exception('scope: { rule: "tcp 22 from sg-00000001", field: ▸x }, expires: 2027-01-31'),
    'wrong-value',
    /two exceptions/,
  ],
  [
    'an unknown part of the scope',
    exception('scope: { ▸acount: "111122223333" }, expires: 2027-01-31'),
    'unknown-key',
    /"acount"/,
    /"account"/,
  ],
  [
    'a day that does not exist',
    exception('scope: { field: x }, expires: ▸2027-02-30'),
    'wrong-value',
    /a day that exists/,
  ],
  ['a day written otherwise', exception('scope: { field: x }, expires: ▸31.01.2027'), 'wrong-value', /YYYY-MM-DD/],
  [
    'a day too far away',
    exception('scope: { field: x }, expires: ▸2027-05-21'),
    'expires-too-late',
    /lasts 181 more days; .* allows 180/,
    /2027-05-20/,
  ],
  [
    'an empty reason',
    'kind: Exceptions\nexceptions: [{ guardrail: door-lock, scope: { field: x }, owner: a, reason: ▸" ", expires: 2027-01-31 }]',
    'wrong-value',
    /must not be empty/,
  ],
];

const TABLES = {
  document: DOCUMENTS,
  shape: SHAPES,
  range: RANGES,
  guardrail: GUARDRAILS,
  override: OVERRIDES,
  exception: EXCEPTIONS,
};

describe.each(Object.entries(TABLES))('a mistake in a %s is found where it stands', (_, cases) => {
  it.each(cases)('%s', (_sentence, yaml, code, message, advice) => {
    const { text, places } = marked(yaml);
    const own = problemsIn(text.includes('kind: Fleet') ? [text] : [text, FLEET]);
    expect(placesOf(own)).toEqual(places);
    expect(own.map((problem) => problem.code)).toEqual([code]);
    expect(own[0]?.message).toMatch(message);
    expect(own[0]?.advice ?? '').toMatch(advice ?? /^/);
    expect(own[0]?.text).toBe(text.split('\n')[(own[0]?.at.line ?? 0) - 1]);
  });
});

describe('names that are given twice', () => {
  const twice: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'policies',
      [
        FLEET,
        'kind: Policy\nname: a\ntargets: { accounts: [all] }\nguardrails: {}\n---\nkind: Policy\nname: ▸a\ntargets: { accounts: [all] }\nguardrails: {}\n',
      ],
      /the policy "a" .* state\/2\.yaml:2:7$/,
    ],
    [
      'fleets',
      ['kind: Fleet\nname: x\naccounts: self\n', 'kind: Fleet\nname: ▸x\naccounts: self\n'],
      /the fleet "x" .* state\/1\.yaml:2:7$/,
    ],
    [
      'fleets without a name',
      ['kind: Fleet\naccounts: self\n', '▸kind: Fleet\naccounts: self\n'],
      /state\/1\.yaml:1:1; a fleet without a name is called "default"/,
    ],
    [
      'ranges of two documents',
      [`${FLEET}---\nkind: Ranges\nranges: { a: [10.0.0.0/8] }\n`, 'kind: Ranges\nranges: { ▸a: [10.0.0.0/8] }\n'],
      /the range "a" .* state\/1\.yaml:5:11$/,
    ],
    [
      'accounts',
      ['kind: Fleet\naccounts:\n  - { id: "111122223333" }\n  - { id: ▸"111122223333" }\n'],
      /the account "111122223333" .* state\/1\.yaml:3:11$/,
    ],
  ];

  it.each(twice)('%s: both places are named', (_, texts, message) => {
    const files = texts.map(marked);
    const problems = problemsIn(files.map(({ text }) => text));
    expect(placesOf(problems)).toEqual(files.flatMap(({ places }) => places));
    expect(problems[0]?.code).toBe('duplicate-name');
    expect(problems[0]?.message).toMatch(message);
  });

  it('a fleet is no policy, and neither is a range', () => {
    expect(
      problemsIn([
        'kind: Fleet\nname: a\naccounts: self\n---\nkind: Ranges\nranges: { a: [10.0.0.0/8] }\n---\nkind: Policy\nname: a\ntargets: { accounts: [all] }\nguardrails: {}\n',
      ]),
    ).toEqual([]);
  });
});

describe('all problems at once', () => {
  it('are listed across files, sorted by place', () => {
    const files = [
      'kind: Fleet\n▸acounts: self\naccounts: ▸other\nregions: [▸x, eu-west-1, ▸y]\n---\nkind: ▸Polic\n',
      'kind: Policy\nname: a\ntargets: { accounts: [▸everyone] }\nguardrails:\n  ▸dor-lock: {}\n  door-lock: { length: ▸1, ▸wide: 2 }\n',
    ].map(marked);
    const problems = problemsIn(files.map(({ text }) => text));
    const expected = files.flatMap(({ places }, index) => places.map((place) => `state/${index + 1}.yaml:${place}`));
    expect(problems.map(({ at }) => `${at.file}:${at.line}:${at.column}`)).toEqual(expected);
  });

  it('do not follow from one another: a policy or range in a document with a mistake is not missed elsewhere', () => {
    const broken =
      'kind: Policy\nname: base\ntargets: { accounts: [▸nobody] }\nguardrails: {}\n---\nkind: Ranges\nranges: { office: [▸10.0.0.1/8] }\n';
    const user =
      'kind: Policy\nname: user\ntargets: { accounts: [all] }\noverrides: [base]\nguardrails: { open-gates: [{ ports: [], from: [office] }] }\n';
    const { text, places } = marked(broken);
    expect(placesOf(problemsIn([FLEET, text, user]))).toEqual(places);
  });

  it('do not follow from a file that cannot be read: what is not found may be defined there', () => {
    const user =
      'kind: Policy\nname: user\ntargets: { accounts: [all] }\noverrides: [base]\nguardrails: { open-gates: [{ ports: [], from: [office] }] }\n';
    expect(problemsIn(['a: [', user]).map(({ code }) => code)).toEqual(['yaml-syntax']);
  });

  it('stop at 200 for one file, and say how many more there are', () => {
    const lines = Array.from({ length: 250 }, (_, index) => `x${index}: 1`).join('\n');
    const problems = problemsIn([`${FLEET}${lines}\n`, 'kind: Nothing\n']);
    expect(problems).toHaveLength(202);
    expect(problems[200]).toMatchObject({
      code: 'too-many-problems',
      message: 'from here on, 50 more problems in this file',
    });
    expect(problems[201]?.at.file).toBe('state/2.yaml');
  });

  it('name policies that override each other in a circle, once for each circle', () => {
    const member = (name: string, others: string) =>
      `kind: Policy\nname: ${name}\ntargets: { accounts: [all] }\noverrides: [${others}]\nguardrails: {}\n`;
    const problems = problemsIn([
      FLEET,
      member('a', 'b, e'),
      member('b', 'c'),
      member('c', 'e, a'),
      member('d', 'a'),
      member('e', ''),
    ]);
    expect(problems.map(({ code, at, message }) => `${code} ${at.file}:${at.line}:${at.column} ${message}`)).toEqual([
      'override-cycle state/4.yaml:4:16 the overrides go in a circle: "a" → "b" → "c" → "a"',
    ]);
    expect(problemsIn([FLEET, member('a', 'b, c'), member('b', 'd'), member('c', 'd'), member('d', '')])).toEqual([]);
  });
});

describe('exceptions', () => {
  it('may be over: they act as absent', () => {
    expect(problemsIn([FLEET, exception('scope: { field: x }, expires: 2020-01-31')])).toEqual([]);
  });

  it('may last until the last day that is allowed', () => {
    expect(problemsIn([FLEET, exception('scope: { field: x }, expires: 2027-05-20')])).toEqual([]);
  });

  it('may last as long as the strictest fleet allows', () => {
    const fleets =
      fleet('name: a\nsafety: { maxExceptionDays: 400 }') +
      `---\n${fleet('name: b\nsafety: { maxExceptionDays: 10 }')}`;
    expect(problemsIn([fleets, exception('scope: { field: x }, expires: 2026-12-02')])[0]?.message).toMatch(
      /lasts 11 more days; .* allows 10/,
    );
  });
});

describe('a state without a fleet', () => {
  it('is a problem, and an empty one as well', () => {
    expect(problemsIn(['kind: Ranges\nranges: { a: [10.0.0.0/8] }\n']).map(({ code }) => code)).toEqual(['no-fleet']);
    expect(
      problemsIn(['# nothing yet\n', '']).map(({ code, at }) => `${code} ${at.file}:${at.line}:${at.column}`),
    ).toEqual(['no-state state/1.yaml:1:1']);
    expect(problemsIn([]).map(({ code, at }) => `${code} ${at.file}`)).toEqual(['no-state state']);
  });
});
