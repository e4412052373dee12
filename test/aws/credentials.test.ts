/** Which credentials and endpoints are used outside the sandbox? Nothing here may reach AWS: every endpoint is local. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../src/aws/connect.ts';
import { route } from '../../src/aws/endpoints.ts';
import { openTransport } from '../../src/aws/transport.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { startCanned } from './canned.ts';
import { failure, HUB, options, sent, start, WEB } from './organisation.ts';

let sandbox: Sandbox;
let home: string;
beforeAll(async () => {
  sandbox = await start();
  home = await mkdtemp(join(tmpdir(), 'trueup-aws-'));
});
afterAll(async () => {
  await sandbox.close();
  await rm(home, { recursive: true });
});

/** A process without any credentials, profile, or metadata service. */
beforeEach(() => {
  for (const name of Object.keys(process.env).filter((known) => known.startsWith('AWS_'))) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', join(home, 'none'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'none'));
});
afterEach(() => vi.unstubAllEnvs());

function useKeys(): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', sandbox.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', sandbox.credentials.secretAccessKey);
}

const local = (name = 'AWS_ENDPOINT_URL') => options({ env: { [name]: sandbox.url }, allowEndpoint: true });

describe('credentials', () => {
  it('that are nowhere to be found are an error that says where to put some', async () => {
    const error = await failure(connect(local()));
    expect(error).toMatchObject({ code: 'no-credentials', advice: expect.stringContaining('AWS_PROFILE') });
    expect(sandbox.requests).toHaveLength(0);
  });

  it('come from the environment, and the world is then AWS, whatever answers', async () => {
    useKeys();
    const connection = await connect(local());
    expect(connection).toMatchObject({ world: 'aws', caller: { account: HUB } });
    expect(connection.notices).toEqual([`AWS_ENDPOINT_URL is set: calls to every service go to ${sandbox.url}`]);
    const session = { account: WEB, region: 'eu-west-1', role: 'trueup-read', operations: [] };
    await expect(connection.assume(session)).resolves.toHaveProperty('account', WEB);
    await connection.close();
  });

  it('of a profile that assumes a role are fetched from the accepted endpoint, not from AWS', async () => {
    const file = join(home, 'config');
    const { accessKeyId, secretAccessKey } = sandbox.credentials;
    await writeFile(
      file,
      `[profile base]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n` +
        `[profile web]\nrole_arn = arn:aws:iam::${WEB}:role/trueup-read\nexternal_id = do-not-print-me-7\nsource_profile = base\n`,
    );
    vi.stubEnv('AWS_CONFIG_FILE', file);
    const before = sent(sandbox, 'AssumeRole').length;
    const connection = await connect({ ...local('AWS_ENDPOINT_URL_STS'), profile: 'web' });
    expect(connection.caller.account).toBe(WEB);
    expect(sent(sandbox, 'AssumeRole')).toHaveLength(before + 1);
    await connection.close();
  });

  it('of a web identity are fetched from the accepted endpoint', async () => {
    const token = join(home, 'token');
    await writeFile(token, 'token-that-must-not-be-printed');
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', token);
    vi.stubEnv('AWS_ROLE_ARN', `arn:aws:iam::${HUB}:role/trueup-hub`);
    const credentials =
      '<Credentials><AccessKeyId>ASIAWEB</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>';
    const sts = await startCanned(({ target }) =>
      target === 'AssumeRoleWithWebIdentity'
        ? `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>${credentials}</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`
        : undefined,
    );
    const connection = await connect(options({ env: { AWS_ENDPOINT_URL_STS: sts.url }, allowEndpoint: true }));
    expect(sts.asked.map(({ target }) => target)).toEqual(['AssumeRoleWithWebIdentity', 'GetCallerIdentity']);
    await connection.close();
    await sts.close();
  });

  it('of a profile that is not there: said so, without its text', async () => {
    const error = await failure(connect({ ...local(), profile: 'nobody' }));
    expect(error).toMatchObject({ code: 'no-credentials', message: expect.stringContaining('profile') });
  });
});

describe('endpoints', () => {
  it('of the environment are shown by every connection of a process, not only by the first', async () => {
    useKeys();
    vi.stubEnv('AWS_ENDPOINT_URL', sandbox.url);
    for (const _ of [1, 2]) {
      const connection = await connect(options({ env: { ...process.env }, allowEndpoint: true }));
      expect(connection.notices).toHaveLength(1);
      await connection.close();
    }
  });

  it('do not go together with FIPS, also when a profile asks for it', async () => {
    const file = join(home, 'fips');
    await writeFile(file, '[default]\nuse_fips_endpoint = true\n');
    vi.stubEnv('AWS_CONFIG_FILE', file);
    useKeys();
    expect(await failure(connect(local()))).toMatchObject({ code: 'fips-with-endpoint' });
  });

  it('of a sandbox switch the credential chain off', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAREALKEY');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'real-secret');
    vi.stubEnv('AWS_PROFILE', 'production');
    const connection = await connect(options({ env: { TRUEUP_SANDBOX: sandbox.url }, profile: 'production' }));
    expect(connection).toMatchObject({ world: 'sandbox', caller: { account: HUB } });
    await connection.close();
  });
});

describe('the transport', () => {
  const get = (url: string, permits: Parameters<typeof openTransport>[0]) => {
    const { protocol, hostname, port } = new URL(url);
    const request = { protocol, hostname, port: Number(port), method: 'GET', path: '/', headers: {}, query: {} };
    return openTransport(permits).handle(request as Parameters<ReturnType<typeof openTransport>['handle']>[0]);
  };

  it('stops a request to anywhere but the sandbox, whatever client made it', async () => {
    const other = await startCanned(() => ({}));
    const routes = route({ ...options(), env: { TRUEUP_SANDBOX: sandbox.url } });
    expect(await failure(get(other.url, routes))).toMatchObject({ code: 'endpoint-not-allowed' });
    expect(other.asked).toHaveLength(0);
    await other.close();
  });

  it('stops a request to a loopback address that nobody accepted', async () => {
    const other = await startCanned(() => ({}));
    expect(await failure(get(other.url, route(options())))).toMatchObject({ code: 'endpoint-not-allowed' });
    expect(other.asked).toHaveLength(0);
    await other.close();
  });
});
