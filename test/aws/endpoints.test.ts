import { describe, expect, it } from 'vitest';
import { type RouteOptions, route } from '../../src/aws/endpoints.ts';
import { isHostOf, isLoopback } from '../../src/aws/hosts.ts';
import { TrueupError } from '../../src/model/problem.ts';

const plain: RouteOptions = { env: {}, endpoints: {}, allowEndpoint: false, purpose: 'read' };
const state = (url: string, region = 'us-west-2', service = 'ec2'): RouteOptions => ({
  ...plain,
  endpoints: { [service]: { [region]: url } },
});

function codeOf(options: RouteOptions): string {
  try {
    route(options);
    return 'accepted';
  } catch (error) {
    return error instanceof TrueupError ? error.code : String(error);
  }
}

describe('hosts', () => {
  it.each([
    ['ec2', 'ec2.us-west-2.amazonaws.com'],
    ['ec2', 'ec2.cn-north-1.amazonaws.com.cn'],
    ['ec2', 'ec2.us-gov-west-1.amazonaws.com'],
    ['ec2', 'ec2.eusc-de-east-1.amazonaws.eu'],
    ['ec2', 'ec2.eu-west-1.api.aws'],
    ['ec2', 'vpce-0123456789abcdef0-abcd1234.ec2.us-west-2.vpce.amazonaws.com'],
    ['ec2', 'vpce-0123456789abcdef0-abcd1234-us-west-2a.ec2.us-west-2.vpce.amazonaws.com'],
    ['sts', 'sts.eu-west-1.amazonaws.com'],
    ['sts', 'sts-fips.us-east-1.amazonaws.com'],
    ['iam', 'iam.amazonaws.com'],
    ['iam', 'iam.us-gov.amazonaws.com'],
  ] as const)('of %s: %s', (service, host) => {
    expect(isHostOf(service, host)).toBe(true);
  });

  it.each([
    ['ec2', 'sts.us-west-2.amazonaws.com'],
    ['ec2', 'ec2-203-0-113-7.us-west-2.compute.amazonaws.com'],
    ['ec2', 'ec2.us-west-2.compute.amazonaws.com'],
    ['sts', 'sts.s3.amazonaws.com'],
    ['sts', 'sts.s3.us-east-1.amazonaws.com'],
    ['sts', 'sts.execute-api.us-east-1.amazonaws.com'],
    ['sts', 'vpce-0123456789abcdef0-abcd1234.execute-api.us-east-1.vpce.amazonaws.com'],
    ['ec2', 'ec2.us-west-2.amazonaws.com.evil.example'],
    ['ec2', 'ec2.us-west-2.evilamazonaws.com'],
    ['ec2', 'ec2.us-west-2.amazonaws.com.'],
    ['ec2', 'amazonaws.com'],
    ['ec2', 'ec2.my-bucket.amazonaws.com'],
    ['ec2', '10.0.0.1'],
  ] as const)('not of %s: %s', (service, host) => {
    expect(isHostOf(service, host)).toBe(false);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['[::1]', true],
    ['localhost', true],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['128.0.0.1', false],
    ['[::2]', false],
  ])('%s is loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});

describe('endpoints of the state', () => {
  it.each([
    ['https://ec2.us-west-2.amazonaws.com'],
    ['https://EC2.us-west-2.amazonaws.com/'],
    ['https://vpce-0123456789abcdef0-abcd1234.ec2.us-west-2.vpce.amazonaws.com'],
  ])('may be %s', (url) => {
    expect(route(state(url)).endpoint('ec2', 'us-west-2')).toBe(url);
  });

  it.each([
    ['http://ec2.us-west-2.amazonaws.com', 'endpoint-not-allowed'],
    ['https://ec2.us-west-2.amazonaws.com:8443', 'endpoint-not-allowed'],
    ['https://ec2.us-west-2.amazonaws.com/collect', 'endpoint-not-allowed'],
    ['https://ec2.us-west-2.amazonaws.com/?a=b', 'endpoint-not-allowed'],
    ['https://ec2.us-east-1.amazonaws.com', 'endpoint-not-allowed'],
    ['https://evil.example', 'endpoint-not-allowed'],
    ['https://evil.example/ec2.us-west-2.amazonaws.com', 'endpoint-not-allowed'],
    ['https://ec2.us-west-2.amazonaws.com@evil.example', 'endpoint-invalid'],
    ['https://user:secret@ec2.us-west-2.amazonaws.com', 'endpoint-invalid'],
    ['https://evil.example\\@ec2.us-west-2.amazonaws.com', 'endpoint-not-allowed'],
    ['ftp://ec2.us-west-2.amazonaws.com', 'endpoint-invalid'],
    ['ec2.us-west-2.amazonaws.com', 'endpoint-invalid'],
    ['http://127.0.0.1:4566', 'endpoint-not-allowed'],
  ])('may not be %s (%s)', (url, code) => {
    expect(codeOf(state(url))).toBe(code);
  });

  it('name services that exist', () => {
    expect(codeOf(state('https://s3.amazonaws.com', '*', 'toString'))).toBe('endpoint-not-allowed');
  });

  it('may be anything plain once the command line accepts it, but carry no password even then', () => {
    const accepted = { ...state('http://127.0.0.1:4566'), allowEndpoint: true };
    expect(route(accepted).endpoint('ec2', 'us-west-2')).toBe('http://127.0.0.1:4566');
    expect(codeOf({ ...state('http://a:b@127.0.0.1:4566'), allowEndpoint: true })).toBe('endpoint-invalid');
  });

  it('apply to their region, or with * to all of them', () => {
    const routes = route({
      ...plain,
      endpoints: {
        ec2: { 'us-west-2': 'https://ec2.us-west-2.api.aws' },
        iam: { '*': 'https://iam.amazonaws.com' },
      },
    });
    expect(routes.endpoint('ec2', 'eu-west-1')).toBeUndefined();
    expect(routes.endpoint('iam', 'us-east-1')).toBe('https://iam.amazonaws.com');
  });

  it('never serve the exchange of a web identity for credentials', () => {
    const url = 'https://sts.us-west-2.amazonaws.com';
    const routes = route(state(url, 'us-west-2', 'sts'));
    expect(routes.endpoint('sts', 'us-west-2')).toBe(url);
    expect(routes.credentialEndpoint).toBeUndefined();
  });

  it('print no password when they are refused', () => {
    try {
      route(state('https://user:hunter2@evil.example'));
      expect.unreachable();
    } catch (error) {
      expect(`${error}`).not.toContain('hunter2');
    }
  });
});

describe('AWS_ENDPOINT_URL', () => {
  const vpce = 'https://vpce-0123456789abcdef0-abcd1234.ec2.us-west-2.vpce.amazonaws.com';

  it('is shown when it is in effect, and wins over the state', () => {
    const routes = route({ ...state('https://ec2.us-west-2.api.aws'), env: { AWS_ENDPOINT_URL_EC2: vpce } });
    expect(routes.notices).toEqual([`AWS_ENDPOINT_URL_EC2 is set: calls to ec2 go to ${vpce}`]);
    expect(routes.endpoint('ec2', 'us-west-2')).toBe(vpce);
    expect(routes.endpoint('sts', 'us-west-2')).toBeUndefined();
  });

  it('for one service wins over the general one', () => {
    const env = {
      AWS_ENDPOINT_URL: 'https://ec2.eu-west-1.api.aws',
      AWS_ENDPOINT_URL_STS: 'https://sts.eu-west-1.api.aws',
    };
    const routes = route({ ...plain, env });
    expect(routes.endpoint('sts', 'eu-west-1')).toBe('https://sts.eu-west-1.api.aws');
    expect(routes.credentialEndpoint).toBe('https://sts.eu-west-1.api.aws');
    expect(routes.endpoint('iam', 'eu-west-1')).toBe('https://ec2.eu-west-1.api.aws');
  });

  it('is refused for an apply unless it is accepted', () => {
    const apply: RouteOptions = { ...plain, env: { AWS_ENDPOINT_URL_EC2: vpce }, purpose: 'apply' };
    expect(codeOf(apply)).toBe('endpoint-not-allowed');
    expect(codeOf({ ...apply, allowEndpoint: true })).toBe('accepted');
  });

  it.each([['http://127.0.0.1:5000'], ['https://localhost:5000'], ['http://evil.example']])(
    'may not lead to %s, even for reading, unless it is accepted',
    (url) => {
      const options = { ...plain, env: { AWS_ENDPOINT_URL: url } };
      expect(codeOf(options)).toBe('endpoint-not-allowed');
      expect(codeOf({ ...options, allowEndpoint: true })).toBe('accepted');
    },
  );

  it('is nothing when it is empty or when the person asked to ignore it', () => {
    expect(route({ ...plain, env: { AWS_ENDPOINT_URL: '' } }).custom).toBe(false);
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect(route({ ...plain, env })).toMatchObject({ custom: false, notices: [] });
  });

  it('does not go together with FIPS, and neither does an endpoint of the state', () => {
    const fips = { AWS_USE_FIPS_ENDPOINT: 'true' };
    expect(codeOf({ ...plain, env: { ...fips, AWS_ENDPOINT_URL_EC2: vpce } })).toBe('fips-with-endpoint');
    expect(codeOf({ ...state('https://ec2.us-west-2.api.aws'), env: fips })).toBe('fips-with-endpoint');
    expect(codeOf({ ...plain, env: fips })).toBe('accepted');
  });
});

describe('TRUEUP_SANDBOX', () => {
  it.each([['http://127.0.0.1:4599'], ['http://localhost:4599/'], ['http://[::1]:4599'], ['http://127.3.2.1:4599']])(
    'routes every service to %s',
    (url) => {
      const routes = route({ ...state('https://ec2.us-west-2.api.aws'), env: { TRUEUP_SANDBOX: url } });
      expect(routes.world).toBe('sandbox');
      const origin = new URL(url).origin;
      expect(routes.endpoint('ec2', 'us-west-2')).toBe(origin);
      expect(routes.endpoint('sts', 'eu-west-1')).toBe(origin);
      expect(routes.credentialEndpoint).toBe(origin);
    },
  );

  it.each([
    ['http://sandbox.example:4599', 'sandbox-not-loopback'],
    ['https://ec2.us-west-2.amazonaws.com', 'sandbox-not-loopback'],
    ['http://127.0.0.1.evil.example', 'sandbox-not-loopback'],
    ['http://127.0.0.1:4599/path', 'sandbox-not-loopback'],
    ['https://127.0.0.1:4599', 'sandbox-not-loopback'],
    ['http://127.0.0.1@evil.example', 'endpoint-invalid'],
    ['', 'endpoint-invalid'],
  ])('may not be "%s" (%s)', (url, code) => {
    expect(codeOf({ ...plain, env: { TRUEUP_SANDBOX: url }, allowEndpoint: true })).toBe(code);
  });

  it('lets requests go to that very address and nowhere else', () => {
    const { permits } = route({ ...plain, env: { TRUEUP_SANDBOX: 'http://127.0.0.1:4599' } });
    expect(permits({ protocol: 'http:', hostname: '127.0.0.1', port: 4599 })).toBe(true);
    expect(permits({ protocol: 'http:', hostname: '127.0.0.1', port: 4600 })).toBe(false);
    expect(permits({ protocol: 'http:', hostname: '127.0.0.2', port: 4599 })).toBe(false);
    expect(permits({ protocol: 'https:', hostname: 'ec2.eu-west-1.amazonaws.com' })).toBe(false);
  });

  it('says that other endpoints have no effect', () => {
    const env = { TRUEUP_SANDBOX: 'http://127.0.0.1:4599', AWS_ENDPOINT_URL: 'http://127.0.0.1:5000' };
    expect(route({ ...plain, env, purpose: 'apply' }).notices.join()).toContain('AWS_ENDPOINT_URL has no effect');
  });
});

describe('the last look before a request leaves', () => {
  it('lets it go to AWS over https and to accepted endpoints, not to loopback or strangers', () => {
    const { permits } = route({ ...state('https://proxy.example:8443'), allowEndpoint: true });
    expect(permits({ protocol: 'https:', hostname: 'portal.sso.eu-west-1.amazonaws.com' })).toBe(true);
    expect(permits({ protocol: 'https:', hostname: 'proxy.example', port: 8443 })).toBe(true);
    expect(permits({ protocol: 'https:', hostname: 'proxy.example' })).toBe(false);
    expect(permits({ protocol: 'http:', hostname: 'ec2.eu-west-1.amazonaws.com' })).toBe(false);
    expect(permits({ protocol: 'http:', hostname: '127.0.0.1', port: 4566 })).toBe(false);
    expect(permits({ protocol: 'https:', hostname: 'amazonaws.com.evil.example' })).toBe(false);
  });
});
