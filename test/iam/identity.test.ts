/** Who runs Trueup, with what credentials, and what will CloudTrail say about it? */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../src/aws/connect.ts';
import { identityOf } from '../../src/commands/identity.ts';
import { startCanned } from '../aws/canned.ts';
import { DATA, enter, failure, options, sent, start } from '../aws/organisation.ts';
import { openDesk } from '../support/cli.ts';
import { SMALL_SEED, STATE } from '../support/small.ts';

const now = new Date('2026-11-21T12:00:00Z');
const PIPELINE = { GITHUB_RUN_ID: '17712345678', GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567' };

describe('the identity of a run', () => {
  it.each([
    ['a person', {}, undefined, { sessionName: 'trueup-apply-20261121T120000Z' }],
    [
      'a pipeline',
      PIPELINE,
      undefined,
      {
        sessionName: 'trueup-apply-0123456789ab-run17712345678',
        sourceIdentity: '0123456789ab-run17712345678',
      },
    ],
    [
      'a pull request, second attempt',
      { ...PIPELINE, GITHUB_REF: 'refs/pull/1234/merge', GITHUB_RUN_ATTEMPT: '2' },
      undefined,
      {
        sessionName: 'trueup-apply-pr1234-0123456789ab-run17712345678.2',
        sourceIdentity: 'pr1234-0123456789ab-run17712345678.2',
      },
    ],
    [
      'the pull request that was merged, told by the workflow',
      { ...PIPELINE, GITHUB_REF: 'refs/heads/main', TRUEUP_PULL_REQUEST: '1234' },
      undefined,
      {
        sessionName: 'trueup-apply-pr1234-0123456789ab-run17712345678',
        sourceIdentity: 'pr1234-0123456789ab-run17712345678',
      },
    ],
    ['one that is given', PIPELINE, 'dana', { sessionName: 'trueup-apply-dana', sourceIdentity: 'dana' }],
    ['none', PIPELINE, 'none', { sessionName: 'trueup-apply-0123456789ab-run17712345678' }],
  ])('of %s', (_who, env, given, expected) => {
    expect(identityOf({ env, now }, 'apply', given)).toEqual(expected);
  });

  it('fits into what AWS takes, however long the parts are', () => {
    const { sessionName } = identityOf({ env: { ...PIPELINE, GITHUB_REF: 'refs/pull/999999/merge' }, now }, 'apply');
    expect(sessionName).toMatch(/^[\w+=,.@-]{2,64}$/);
  });

  it('arrives in AWS with every call', async () => {
    const sandbox = await start();
    const connection = await enter(sandbox, { sessionName: 'trueup-plan-pr7-abc', sourceIdentity: 'pr7-abc' });
    const [read] = [{ account: DATA, region: 'eu-west-1', role: 'trueup-read', operations: [] }];
    await connection.assume(read);
    expect(sent(sandbox, 'AssumeRole')[0]?.input).toMatchObject({
      RoleSessionName: 'trueup-plan-pr7-abc',
      SourceIdentity: 'pr7-abc',
    });
    await connection.close();
    await sandbox.close();
  });

  it('is refused by a trust policy that knows no source identity, and the error says what to allow', async () => {
    const trust = {
      Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
    };
    const roles = [{ name: 'trueup-read', trust, policies: [{ Statement: [] }] }];
    const sandbox = await start({ trueup: { roles: roles.map((role) => ({ ...role, policies: ['everything'] })) } });
    const connection = await enter(sandbox, { sourceIdentity: 'pr7-abc' });
    const request = { account: DATA, region: 'eu-west-1', role: 'trueup-read', operations: [] };
    const error = await connection.assume(request).catch((thrown: unknown) => thrown);
    const reason = connection.explain(error, { doing: 'assume', account: DATA, role: 'trueup-read' });
    expect(reason).toMatchObject({
      code: 'source-identity-not-allowed',
      advice: expect.stringContaining('sts:SetSourceIdentity'),
    });
    await connection.close();
    await sandbox.close();
  });
});

describe('long-lived credentials', () => {
  beforeEach(() => {
    for (const name of Object.keys(process.env).filter((known) => known.startsWith('AWS_')))
      vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE000000000');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  });
  afterEach(() => vi.unstubAllEnvs());

  const identity = (who: string) =>
    `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>200000000002</Account><Arn>arn:aws:iam::200000000002:${who}</Arn><UserId>A</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>`;

  async function connecting(who: string, env: { CI?: string } = {}, allowUserCredentials = false) {
    const sts = await startCanned(() => identity(who));
    const all = { env: { AWS_ENDPOINT_URL_STS: sts.url, ...env }, allowEndpoint: true, allowUserCredentials };
    try {
      const connection = await connect(options(all));
      await connection.close();
      return connection.notices.filter((notice) => notice.includes('long-lived'));
    } finally {
      await sts.close();
    }
  }

  it.each(['user/dana', 'user/division/dana', 'root'])('of %s are told, with what to use instead', async (who) => {
    const [notice, second] = await connecting(who);
    expect(notice).toContain(`long-lived credentials (${who})`);
    expect(notice).toContain('OpenID Connect');
    expect(second).toBeUndefined();
  });

  it('are an error in a pipeline, unless accepted', async () => {
    expect(await failure(connecting('user/dana', { CI: 'true' }))).toMatchObject({ code: 'user-credentials' });
    expect(await connecting('user/dana', { CI: 'true' }, true)).toHaveLength(1);
  });

  it('are not what a user with a session of an hour has', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', 'token');
    expect(await connecting('user/dana', { CI: 'true' })).toEqual([]);
  });
});

describe('a clock', () => {
  afterEach(() => vi.useRealTimers());

  it.each([
    [0, undefined],
    [4, undefined],
    [-4, undefined],
    [6, '6 minutes ahead of'],
    [70, '70 minutes ahead of'],
    [-20, '20 minutes behind'],
  ])('%i minutes ahead: %s', async (minutes, off) => {
    const expiration = new Date(Date.now() + 3_600_000 - minutes * 60_000).toISOString();
    const sts = await startCanned(({ target }) =>
      target === 'AssumeRole'
        ? `<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><Arn>arn:aws:sts::${DATA}:assumed-role/trueup-read/x</Arn><AssumedRoleId>A:x</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
        : undefined,
    );
    const connection = await enter(sts);
    const request = { account: DATA, region: 'eu-west-1', role: 'trueup-read', operations: [] };
    const outcome = await connection.assume(request).catch((error: unknown) => error);
    const message = `the clock of this machine is ${off} AWS's`;
    expect(outcome).toMatchObject(off ? { code: 'clock-skew', message } : { account: DATA });
    await connection.close();
    await sts.close();
  });

  it('that is off is the reason why nothing is read, although signatures are corrected', async () => {
    const desk = await openDesk(SMALL_SEED, STATE);
    // The sandbox is in this process, Trueup in another.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 20 * 60_000 });
    const { code, stdout } = await desk.spawn(['plan', '--json']);
    const { cells } = JSON.parse(stdout) as { cells: readonly { outcome: string; reason?: { code: string } }[] };
    expect(code).toBe(1);
    expect(new Set(cells.map(({ outcome, reason }) => `${outcome} ${reason?.code}`))).toEqual(
      new Set(['unread clock-skew']),
    );
    expect(desk.sandbox.requests.map(({ action }) => action)).not.toContain('DescribeSecurityGroups');
    await desk.close();
  });
});
