/** Where do requests go? Decides, before anything is sent, which URL every client uses and which hosts are allowed. Pure. */
import type { Service } from '../model/operation.ts';
import { TrueupError } from '../model/problem.ts';
import { isAwsHost, isHostOf, isLoopback, regionOfHost } from './hosts.ts';

export type Endpoints = { readonly [service: string]: { readonly [region: string]: string } };

export type Environment = { readonly [name: string]: string | undefined };

export type RouteOptions = {
  readonly env: Environment;
  /** `fleet.endpoints`: service → region (or `*`) → URL. */
  readonly endpoints: Endpoints;
  /** Whether the person at the command line accepted hosts that are not AWS's. */
  readonly allowEndpoint: boolean;
  readonly purpose: 'read' | 'apply';
};

export type Routes = {
  readonly world: 'aws' | 'sandbox';
  /** What the person should know, as sentences. */
  readonly notices: readonly string[];
  /** The URL for a service in a region, or undefined for AWS's own. */
  endpoint(service: Service, region: string): string | undefined;
  /** The URL for exchanging credentials: the environment's or AWS's own, never one from the state. */
  readonly credentialEndpoint: string | undefined;
  /** Whether any service is sent somewhere else than AWS's default. */
  readonly custom: boolean;
  /** The last check before a request leaves: is this a host that a route leads to? */
  permits(host: { readonly hostname: string; readonly port?: number | undefined; readonly protocol: string }): boolean;
};

/** Environment suffixes of the services. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const SUFFIXES: { readonly [S in Service]: string } = {
  ec2: 'EC2',
  iam: 'IAM',
  kms: 'KMS',
  sts: 'STS',
  organizations: 'ORGANIZATIONS',
  securityhub: 'SECURITYHUB',
  s3: 'S3',
  's3-control': 'S3_CONTROL',
  account: 'ACCOUNT',
  cloudtrail: 'CLOUDTRAIL',
};

/**
 * @throws TrueupError `endpoint-not-allowed`, `endpoint-invalid`, `fips-with-endpoint`, `sandbox-not-loopback`.
 */
export function route(options: RouteOptions): Routes {
  const sandbox = options.env.TRUEUP_SANDBOX;
  return sandbox === undefined ? routeToAws(options) : routeToSandbox(sandbox, options.env);
}

/** Everything goes to one loopback address; whatever else is configured is left out. */
function routeToSandbox(text: string, env: Environment): Routes {
  const url = parse(text, 'TRUEUP_SANDBOX');
  if (url.protocol !== 'http:' || !isLoopback(url.hostname) || url.pathname !== '/' || url.search || url.hash)
    throw new TrueupError({
      code: 'sandbox-not-loopback',
      message: 'TRUEUP_SANDBOX does not name a loopback address, and the sandbox is nowhere else',
      advice: 'write http://127.0.0.1:PORT as `trueup sandbox` prints it, or unset the variable to reach AWS',
    });
  return {
    world: 'sandbox',
    notices: [
      `sandbox: every request goes to ${url.origin}, none to AWS`,
      ...configured(env).map(({ name }) => `${name} has no effect in the sandbox`),
    ],
    endpoint: () => url.origin,
    credentialEndpoint: url.origin,
    custom: true,
    permits: (host) => originOf(host) === url.origin,
  };
}

function routeToAws(options: RouteOptions): Routes {
  const fromEnv = environmentRoutes(options);
  const fromState = stateRoutes(options);
  const origins = new Set([...fromEnv.values(), ...fromState.values()].map((url) => new URL(url).origin));
  if (origins.size > 0) refuseFips(options.env);
  const everywhere = fromEnv.get('*');
  return {
    world: 'aws',
    notices: configured(options.env).map(
      ({ name, service, url }) => `${name} is set: calls to ${service ?? 'every service'} go to ${new URL(url).origin}`,
    ),
    endpoint: (service, region) =>
      fromEnv.get(service) ?? everywhere ?? fromState.get(`${service} ${region}`) ?? fromState.get(`${service} *`),
    credentialEndpoint: fromEnv.get('sts') ?? everywhere,
    custom: origins.size > 0,
    permits: (host) => origins.has(originOf(host)) || (host.protocol === 'https:' && isAwsHost(host.hostname)),
  };
}

/** `AWS_ENDPOINT_URL*`: service (or `*`) → URL. They are refused for an apply, because they redirect what was reviewed. */
function environmentRoutes({ env, allowEndpoint, purpose }: RouteOptions): ReadonlyMap<string, string> {
  const found = configured(env);
  for (const { name, url } of found) {
    const { hostname, protocol } = parse(url, name);
    if (allowEndpoint) continue;
    if (purpose === 'apply') throw notAllowed(`${name} would send the calls of an apply to another endpoint`);
    if (isLoopback(hostname) || protocol !== 'https:')
      throw notAllowed(`${name} names a loopback address or an unencrypted one`);
  }
  return new Map(found.map(({ service, url }) => [service ?? '*', url]));
}

type Configured = { readonly name: string; readonly service?: Service; readonly url: string };

function configured(env: Environment): readonly Configured[] {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true') return [];
  const everywhere = env.AWS_ENDPOINT_URL ? [{ name: 'AWS_ENDPOINT_URL', url: env.AWS_ENDPOINT_URL }] : [];
  const single = (Object.keys(SUFFIXES) as Service[]).flatMap((service) => {
    const name = `AWS_ENDPOINT_URL_${SUFFIXES[service]}`;
    const url = env[name];
    return url ? [{ name, service, url }] : [];
  });
  return [...everywhere, ...single];
}

/** `fleet.endpoints`: `service region` → URL. The state decides where credentials go only within AWS's own hosts. */
function stateRoutes({ endpoints, allowEndpoint }: RouteOptions): ReadonlyMap<string, string> {
  const all = Object.entries(endpoints).flatMap(([service, regions]) =>
    Object.entries(regions).map(([region, url]) => ({ service, region, url })),
  );
  for (const { service, region, url } of all) {
    const name = `endpoints.${service}.${region}`;
    const problem = endpointProblem(service, region, parse(url, name));
    if (problem && !allowEndpoint) throw notAllowed(`${name} ${problem}`);
  }
  return new Map(all.map(({ service, region, url }) => [`${service} ${region}`, url]));
}

function endpointProblem(service: string, region: string, url: URL): string | undefined {
  if (url.protocol !== 'https:') return 'is not https';
  if (url.port || url.pathname !== '/' || url.search || url.hash) return 'carries a port, a path or a query';
  if (!isService(service) || !isHostOf(service, url.hostname))
    return `is not a host of AWS that answers for ${service} (such as ${service}.REGION.amazonaws.com)`;
  const home = regionOfHost(url.hostname);
  if (region !== '*' && home && home !== region) return `is a host in ${home}`;
  return undefined;
}

function isService(name: string): name is Service {
  return Object.hasOwn(SUFFIXES, name);
}

/** The URL is not repeated in the message: it may carry a password. */
function parse(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url;
  throw new TrueupError({
    code: 'endpoint-invalid',
    message:
      url?.username || url?.password ? `${name} carries a user name or password` : `${name} is not an http(s) URL`,
    advice: 'write a plain URL such as https://ec2.eu-west-1.amazonaws.com, or remove it',
  });
}

function originOf(host: {
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly protocol: string;
}): string {
  const url = `${host.protocol}//${host.hostname}${host.port ? `:${host.port}` : ''}`;
  return URL.canParse(url) ? new URL(url).origin : '';
}

function notAllowed(message: string): TrueupError {
  return new TrueupError({
    code: 'endpoint-not-allowed',
    message,
    advice: 'remove it, or accept it for this run with --allow-endpoint',
  });
}

/** The SDK refuses this too, but only at the first request and without naming the variable. */
export function refuseFips(env: Environment): void {
  if (env.AWS_USE_FIPS_ENDPOINT?.toLowerCase() !== 'true') return;
  throw new TrueupError({
    code: 'fips-with-endpoint',
    message: 'AWS_USE_FIPS_ENDPOINT and a custom endpoint cannot be used together',
    advice:
      'name the FIPS host as the endpoint (such as ec2-fips.us-east-1.amazonaws.com) and unset the variable, or remove the endpoint',
  });
}
