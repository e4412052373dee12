/** What is not asked of AWS: nothing twice, nothing outside of what is meant, and nothing that was just read. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Desk, openDesk } from '../support/cli.ts';
import { FIRST, HUB, POLICY, SECOND, SMALL_SEED, STATE } from '../support/small.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk(SMALL_SEED, {
    'state/fleet.yaml': STATE['state/fleet.yaml'].replace('regions: [eu-west-1]', 'regions: enabled'),
    'state/baseline.yaml': POLICY,
  });
});
afterEach(() => desk.close());

const journal = (): string[] => ['--journal', desk.path('journal')];
const requests = (action: string) => desk.sandbox.requests.filter((one) => one.action === action);
const roles = (): string[] =>
  requests('AssumeRole').map(({ input }) => String(input.RoleArn).replace('arn:aws:iam::', ''));

it('one session for each account discovers and reads', async () => {
  expect((await desk.trueup(['plan'])).code).toBe(0);
  expect(
    requests('DescribeRegions')
      .map(({ account }) => account)
      .sort(),
  ).toEqual([FIRST, SECOND]);
  expect(roles().sort()).toEqual([`${FIRST}:role/trueup-read`, `${SECOND}:role/trueup-read`]);
  expect((await desk.trueup(['report'])).code).toBe(0);
  expect(roles().length).toBe(4);
});

it.each([['plan'], ['report'], ['apply', '--yes']])('%s asks no account outside of --only', async (...words) => {
  const place = words[0] === 'apply' ? journal() : [];
  const { code } = await desk.trueup([...words, '--only', `account=${FIRST}`, ...place]);
  expect(code).toBe(0);
  expect([...new Set(desk.sandbox.requests.map(({ account }) => account))].sort()).toEqual([FIRST, HUB]);
  expect(roles().filter((role) => role.startsWith(SECOND))).toEqual([]);
});

it('a stored snapshot knows the accounts outside of --only, so that nobody takes it for all', async () => {
  await desk.trueup(['snapshot', '--only', `account=${FIRST}`, '--out', desk.path('part.json')]);
  const { code, stdout } = await desk.trueup(['plan', '--snapshot', desk.path('part.json')]);
  expect(code).toBe(1);
  expect(stdout).toMatch(new RegExp(`second ${SECOND}[\\s\\S]*nobody has looked there`));
});

it('after a call the rules are read back, and the group only where no rule is left', async () => {
  const { code } = await desk.trueup(['apply', '--yes', '--only', 'guardrail=allowed-ingress', ...journal()]);
  expect(code).toBe(0);
  const sent = desk.sandbox.requests
    .filter(({ account, session }) => account === FIRST && session.role.endsWith('trueup-write'))
    .map(({ action }) => action);
  expect(sent.slice(sent.indexOf('AuthorizeSecurityGroupIngress'))).toEqual([
    'AuthorizeSecurityGroupIngress',
    'DescribeSecurityGroupRules',
    'ModifySecurityGroupRules',
    'DescribeSecurityGroupRules',
  ]);
});

it('the way back asks for no regions', async () => {
  await desk.trueup(['apply', '--yes', ...journal()]);
  const listed = await desk.trueup(['journal', 'list', '--json', ...journal()]);
  const [{ run } = { run: '' }] = JSON.parse(listed.stdout) as { run: string }[];
  const before = requests('DescribeRegions').length;
  expect((await desk.trueup(['revert', run, '--yes', ...journal()])).code).toBe(0);
  expect(requests('DescribeRegions')).toHaveLength(before);
});
