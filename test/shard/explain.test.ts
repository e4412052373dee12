/** What `trueup explain` tells of a target, and `trueup schema` of the state. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation } from '../../src/plan/explain.ts';
import { type Desk, openDesk } from '../support/cli.ts';
import { FIRST, HUB, POLICY, SECOND, SMALL_SEED, STATE } from '../support/small.ts';

/** What runs here takes the day from the clock. */
const SOON = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
const EXCEPTION = `kind: Exceptions
exceptions:
  - { guardrail: password-policy, scope: { account: "${FIRST}", field: maxAge }, owner: team-web, reason: "an old printer", expires: ${SOON} }
`;

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(SMALL_SEED, {
    ...STATE,
    'state/baseline.yaml': POLICY.replace('minimumLength: 14', 'minimumLength: 14, maxAge: 90'),
    'state/exceptions.yaml': EXCEPTION,
  });
});
afterAll(() => desk.close());

const explain = async (target: string, ...more: string[]) => desk.trueup(['explain', target, ...more]);
const explained = async (target: string, ...more: string[]): Promise<Explanation[]> =>
  JSON.parse((await explain(target, '--json', ...more)).stdout);

describe('explain', () => {
  it('names the values with their lines, what spares, what is there, and what would be done', async () => {
    const { code, stdout } = await explain(`${FIRST}/global/password-policy`);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^password-policy: would change\n {2}password-policy of policy baseline {2}state\/baseline.yaml:8$/m,
    );
    expect(stdout).toMatch(/^ {4}minimumLength: 14 {2}state\/baseline.yaml:8$/m);
    expect(stdout).toMatch(
      /^ {2}spared by an exception of team-web for \d+ more days: an old printer {2}state\/exceptions.yaml:3$/m,
    );
    expect(stdout).toMatch(/^ {2}now\n {4}\S/m);
    expect(stdout).toMatch(/^ {2}to do\n {4}\+ sets minimumLength to 14$/m);
  });

  it('finds an instance by its name, with every guardrail that governs it and defaults told apart', async () => {
    const [web, ...others] = await explained(`${FIRST}/eu-west-1/security-group/web`);
    expect(others).toEqual([]);
    expect(web).toMatchObject({
      outcome: 'change',
      demands: [{ guardrail: 'allowed-ingress', values: [{ path: '0', at: { line: 7 } }] }],
    });
    expect(Object.keys(web?.now ?? {})).toContain('tcp 22 from 0.0.0.0/0');
    const { stdout } = await explain(`${FIRST}/eu-west-1/default-security-group/default`);
    expect(stdout).toMatch(/whenInUse: hold {2}\(default\)/);
    expect(stdout).toMatch(/ingress: none {2}state\/baseline.yaml:5/);
  });

  it('tells a target that is in state, and reads no other target', async () => {
    await desk.trueup(['apply', '--yes', '--only', `account=${SECOND}`]);
    const before = desk.sandbox.requests.length;
    const all = await explained(`${SECOND}/eu-west-1`);
    expect(all.map(({ outcome }) => outcome)).toEqual(['in-state', 'in-state']);
    const asked = desk.sandbox.requests.slice(before).filter(({ service }) => service === 'ec2' || service === 'iam');
    expect([...new Set(asked.map(({ account, service }) => `${account} ${service}`))]).toEqual([`${SECOND} ec2`]);
  });

  it('works from a stored snapshot without AWS', async () => {
    await desk.trueup(['snapshot', '--out', 'snapshot.json']);
    const live = await explained(`${FIRST}/eu-west-1`);
    const { stdout } = await desk.trueup(['explain', `${FIRST}/eu-west-1`, '--json', '--snapshot', 'snapshot.json'], {
      TRUEUP_SANDBOX: undefined,
    });
    expect(JSON.parse(stdout)).toEqual(live);
  });

  it('says what could not be read, and ends with 1', async () => {
    const undo = desk.sandbox.fault({ match: { action: 'DescribeSecurityGroups', account: FIRST }, do: 'deny' });
    const { code, stdout } = await explain(`${FIRST}/eu-west-1`);
    undo();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^security-group: could not be read\n {2}could not read security-group in 111122223333 eu-west-1: the call was denied/,
    );
    expect(stdout).toContain('allowed-ingress of policy baseline');
  });

  it.each([
    ['eu-west-1', /is not a target \(usage\)[\s\S]*ACCOUNT\/REGION/],
    [`${HUB}/eu-west-1`, /nothing applies at 999988887777\/eu-west-1: the fleet has no such account/],
    [`${FIRST}/eu-west-9`, /no policy reaches it; the account is governed in eu-west-1, and as a whole as "global"/],
    [
      `${FIRST}/eu-west-1/security-group/sg-0`,
      /nothing applies to security-group\/sg-0 [\s\S]*governed there: security-group/,
    ],
    [`${FIRST}/eu-west-1/bucket`, /nothing applies to bucket at/],
  ])('%s is answered with why nothing applies', async (target, why) => {
    const { code, stdout, stderr } = await explain(target);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(why);
  });
});

describe('schema', () => {
  it('is printed without a state, and knows every guardrail', async () => {
    const { code, stdout } = await desk.trueup(['schema'], { TRUEUP_SANDBOX: undefined });
    expect(code).toBe(0);
    expect(JSON.stringify(JSON.parse(stdout))).toContain('password-policy');
  });
});
