import { describe, expect, it } from 'vitest';
import { showProblems } from '../../src/state/show-problems.ts';
import { FLEET, load, marked, placesOf, problemsIn } from './sample.ts';

const put = (name: string) => `\${env:${name}}`;
const CONNECTION = `kind: Fleet
accounts: [{ id: "${put('TRUEUP_ID')}" }]
caller: ${put('TRUEUP_ID')}
externalId: ${put('TRUEUP_EXTERNAL_ID')}
role: { read: "${put('TRUEUP_ROLE')}-read", write: "arn:{partition}:iam::{account}:role/${put('TRUEUP_ROLE')}" }
endpoints: { ec2: { "*": "https://${put('TRUEUP_HOST')}.example.com" } }
`;

describe('what the environment gives', () => {
  it('is filled in in the fields that say how to connect', () => {
    const env = { TRUEUP_ID: '111122223333', TRUEUP_EXTERNAL_ID: 'abc', TRUEUP_ROLE: 'team', TRUEUP_HOST: 'vpce-1' };
    expect(load([CONNECTION], env).fleets[0]).toMatchObject({
      accounts: [{ id: '111122223333' }],
      caller: '111122223333',
      externalId: 'abc',
      role: { read: 'team-read', write: 'arn:{partition}:iam::{account}:role/team' },
      endpoints: { ec2: { '*': 'https://vpce-1.example.com' } },
    });
  });

  it('is filled in once: what a variable holds is not looked at again', () => {
    const env = { TRUEUP_A: 'x', TRUEUP_EXTERNAL_ID: 'TRUEUP_A' };
    expect(load([`${FLEET}externalId: a-${put('TRUEUP_EXTERNAL_ID')}\n`], env).fleets[0]?.externalId).toBe(
      'a-TRUEUP_A',
    );
  });

  const refused: readonly (readonly [string, string, Record<string, string>, string, RegExp])[] = [
    ['a variable that is not set', `${FLEET}externalId: ▸${put('TRUEUP_X')}`, {}, 'env-missing', /TRUEUP_X is not set/],
    [
      'a variable that is empty',
      `${FLEET}externalId: ▸${put('TRUEUP_X')}`,
      { TRUEUP_X: '' },
      'env-missing',
      /TRUEUP_X is empty/,
    ],
    [
      'a variable with a line break',
      `${FLEET}externalId: ▸${put('TRUEUP_X')}`,
      { TRUEUP_X: 'a\n' },
      'env-missing',
      /line break/,
    ],
    [
      'a variable of another name',
      `${FLEET}externalId: ▸${put('HOME')}`,
      { HOME: '/' },
      'env-malformed',
      /start with TRUEUP_/,
    ],
    ['a variable named like a method', `${FLEET}externalId: ▸${put('TRUEUP_')}`, {}, 'env-malformed', /TRUEUP_/],
    ['a shell variable', `${FLEET}externalId: ▸\${TRUEUP_X}`, { TRUEUP_X: 'abc' }, 'env-malformed', /TRUEUP_/],
    ['an expression of a workflow', `${FLEET}externalId: ▸\${{ secrets.EXTERNAL_ID }}`, {}, 'env-malformed', /TRUEUP_/],
    [
      'another field of the fleet',
      `${FLEET}exclude: ["▸${put('TRUEUP_X')}"]`,
      { TRUEUP_X: 'self' },
      'env-not-allowed',
      /nothing is substituted/,
    ],
    [
      'the name of an account',
      `kind: Fleet\naccounts: [{ id: "111122223333", name: ▸"${put('TRUEUP_X')}" }]`,
      { TRUEUP_X: 'a' },
      'env-not-allowed',
      /nothing/,
    ],
    [
      'a range',
      `${FLEET}---\nkind: Ranges\nranges: { a: [▸"${put('TRUEUP_X')}"] }`,
      { TRUEUP_X: '10.0.0.0/8' },
      'env-not-allowed',
      /nothing/,
    ],
    [
      'a guardrail',
      `${FLEET}---\nkind: Policy\nname: a\ntargets: { accounts: [all] }\nguardrails: { door-lock: { age: ▸"${put('TRUEUP_X')}" } }`,
      { TRUEUP_X: 'never' },
      'env-not-allowed',
      /nothing/,
    ],
  ];

  it.each(refused)('is refused, and nothing else is said: %s', (_, yaml, env, code, message) => {
    const { text, places } = marked(yaml.replace('"▸', '▸"'));
    const problems = problemsIn([text], env);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(placesOf(problems)).toEqual(places);
    expect(problems[0]?.message).toMatch(message);
  });

  it('advises the name that was meant', () => {
    const advice = problemsIn([`${FLEET}externalId: \${{ secrets.EXTERNAL_ID }}\n`])[0]?.advice;
    expect(advice).toBe(`write "${put('TRUEUP_EXTERNAL_ID')}" and set that variable`);
  });

  it('is looked through when an account is listed twice', () => {
    const { text, places } = marked(
      `kind: Fleet\naccounts: [{ id: "${put('TRUEUP_A')}" }, { id: ▸"${put('TRUEUP_B')}" }]\n`,
    );
    const problems = problemsIn([text], { TRUEUP_A: '111122223333', TRUEUP_B: '111122223333' });
    expect(placesOf(problems)).toEqual(places);
    expect(problems[0]?.message).toBe(
      `the account "${put('TRUEUP_A')}" is defined twice: here and at state/1.yaml:2:18`,
    );
    expect(problemsIn([text], { TRUEUP_A: '111122223333', TRUEUP_B: '444455556666' })).toEqual([]);
  });

  it('is plain text in a comment', () => {
    expect(problemsIn([`${FLEET}# ${put('TRUEUP_X')}\n`])).toEqual([]);
  });

  it('never shows what a variable holds, whatever is wrong with it', () => {
    const secrets = ['hunter2 hunter2', 'https://user:hunter2@x', 'hunter2{x}', 'hunter2!', 'hunter2\u0007'];
    for (const secret of secrets) {
      const env = { TRUEUP_ID: secret, TRUEUP_EXTERNAL_ID: secret, TRUEUP_ROLE: secret, TRUEUP_HOST: secret };
      const problems = problemsIn([CONNECTION, FLEET, CONNECTION], env);
      expect(problems.length).toBeGreaterThanOrEqual(5);
      expect(JSON.stringify(problems) + showProblems(problems)).not.toContain('hunter2');
    }
  });
});
