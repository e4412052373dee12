/** The way to AWS: who is calling, where requests go, and a session for each account. Everything else takes a port from here. */
import type { AssumeRequest, Connection, ErrorContext, Session } from '../model/aws.ts';
import type { Operation } from '../model/operation.ts';
import { expectCaller, findCredentials, identify, refuseLasting } from './caller.ts';
import { type ClientSettings, type Credentials, createClient } from './clients.ts';
import { type Endpoints, type Environment, type Routes, refuseFips, route } from './endpoints.ts';
import { reasonOf } from './errors.ts';
import { checkExternalId, fillRole, roleArn, sessionName, signingRegion } from './names.ts';
import { createPace } from './pace.ts';
import { openPort } from './port.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { openTransport } from './transport.ts';

export type ConnectOptions = {
  readonly env: Environment;
  /** The home region: for STS, and for calls that need some region. */
  readonly region: string;
  readonly profile?: string | undefined;
  /** The account the caller must be in. */
  readonly expectedCaller?: string | undefined;
  /** `fleet.endpoints`. */
  readonly endpoints: Endpoints;
  readonly allowEndpoint: boolean;
  /** In a pipeline, keys that never expire are refused unless this says otherwise. */
  readonly allowUserCredentials?: boolean;
  /** `fleet.limits.rate`: service → ordinary calls per second. */
  readonly rates: { readonly [service: string]: number };
  /** `fleet.limits.itemsPerCall`. */
  readonly itemsPerCall?: number | undefined;
  /** Shown in CloudTrail of every account; characters that AWS does not take become `-`. */
  readonly sessionName: string;
  readonly sourceIdentity?: string | undefined;
  readonly externalId?: string | undefined;
  readonly purpose: 'read' | 'apply';
  /** Attempts of a request in all, 6 unless said. */
  readonly attempts?: number;
};

const ATTEMPTS = 6;

/** What the person asked for; below, the same variable is set for the SDK, and a later connection must not mistake it. */
const ASKED_TO_IGNORE = process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS;

/**
 * @throws TrueupError `no-credentials`, `credentials-refused`, `wrong-caller`, and those of `route()`.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  quietSdk();
  checkExternalId(options.externalId);
  const env = { ...options.env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: ASKED_TO_IGNORE };
  const routes = route({ ...options, env });
  const transport = openTransport(routes);
  try {
    const flags = await readFlags(routes, options);
    const settings: ClientSettings = {
      routes,
      transport,
      pace: createPace(options.rates),
      attempts: options.attempts ?? ATTEMPTS,
      ...flags,
    };
    const credentials = await findCredentials(routes, transport, options);
    return await open(options, settings, credentials);
  } catch (error) {
    transport.destroy();
    throw error;
  }
}

async function open(options: ConnectOptions, settings: ClientSettings, credentials: Credentials): Promise<Connection> {
  const { region: home } = options;
  const sts = await createClient('sts', { account: 'caller', region: home }, credentials, settings);
  const caller = await identify(sts, home);
  expectCaller(caller, options.expectedCaller);
  const lasting = await refuseLasting(caller, credentials, options);
  const sessions = createSessions({
    sts,
    sessionName: sessionName(options.sessionName),
    sourceIdentity: options.sourceIdentity && sessionName(options.sourceIdentity),
    externalId: options.externalId,
  });
  const { partition } = caller;
  const sizes: Sizes = { itemsPerCall: options.itemsPerCall };
  const own: Connection['own'] = (target, operations) => {
    const region = signingRegion(target, partition, home);
    const place = { account: caller.account, region };
    const client = (service: Operation['service']) => createClient(service, place, credentials, settings);
    return openPort({ partition, ...place, ...sizes, operations, client });
  };
  return {
    caller,
    world: settings.routes.world,
    notices: [...settings.routes.notices, ...lasting],
    own,
    assume: (request) =>
      assume(
        { ...request, ...sizes, region: signingRegion(request.region, partition, home) },
        partition,
        sessions,
        settings,
      ),
    explain: (error, context) => reasonOf(error, withRoleArn(context, partition)),
    close: async () => settings.transport.destroy(),
  };
}

type Sizes = Pick<ConnectOptions, 'itemsPerCall'>;

async function assume(
  request: AssumeRequest & Sizes,
  partition: string,
  sessions: Sessions,
  settings: ClientSettings,
): Promise<Session> {
  const { account, region, operations, policy, itemsPerCall } = request;
  const arn = roleArn(request.role, { partition, account });
  const { credentials, renew, packedPolicySize } = await sessions.open({ account, roleArn: arn, policy });
  const client = (service: Operation['service']) => createClient(service, { account, region }, credentials, settings);
  const port = openPort({ partition, account, region, itemsPerCall, operations, client, renew });
  return { ...port, ...(packedPolicySize !== undefined && { packedPolicySize }) };
}

/** A fleet names roles; a person who has to look one up needs its ARN. */
function withRoleArn(context: ErrorContext, partition: string): ErrorContext {
  const { role, account } = context;
  return role === undefined || account === undefined
    ? context
    : { ...context, role: fillRole(role, { partition, account }) };
}

/** The SDK takes these two only from the environment of the process, and they must be there before it makes a client. */
function quietSdk(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = 'true';
}

/** FIPS and dual-stack may also be asked for in a profile: read once, so that no client has to look. */
async function readFlags(routes: Routes, options: ConnectOptions): Promise<{ fips: boolean; dualStack: boolean }> {
  if (routes.world === 'sandbox') return { fips: false, dualStack: false };
  const { STSClient } = await import('@aws-sdk/client-sts');
  const { config } = new STSClient({ region: options.region, ...(options.profile && { profile: options.profile }) });
  const [fips, dualStack] = await Promise.all([config.useFipsEndpoint(), config.useDualstackEndpoint()]);
  if (fips && routes.custom) refuseFips({ AWS_USE_FIPS_ENDPOINT: 'true' });
  return { fips, dualStack };
}
