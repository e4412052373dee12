/** How is an SDK client made? Every setting is explicit, so that no client looks into profiles or the environment by itself. */
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { JsonObject } from '../model/json.ts';
import type { Service } from '../model/operation.ts';
import { TrueupError } from '../model/problem.ts';
import type { Routes } from './endpoints.ts';
import { isThrottling } from './error-kinds.ts';
import { isLoopback } from './hosts.ts';
import type { Pace, Place } from './pace.ts';

export type Identity = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
};

/** Gives the credentials for the next request. `memoized`: it keeps them itself, clients shall not. */
export type Credentials = (() => Promise<Identity>) & { readonly memoized?: boolean };

type Next = (args: { readonly input: object }) => Promise<object>;
type Middleware = (next: Next, context: { readonly commandName?: string }) => Next;
type Position = { readonly relation: 'after'; readonly toMiddleware: string; readonly name: string };

/** What Trueup uses of an SDK client, whichever service it is for. */
export interface Client {
  send(command: object): Promise<object>;
  readonly middlewareStack: { addRelativeTo(middleware: Middleware, position: Position): void };
}

export type ClientSettings = {
  readonly routes: Routes;
  readonly transport: NodeHttpHandler;
  readonly pace: Pace;
  readonly fips: boolean;
  readonly dualStack: boolean;
  readonly attempts: number;
};

type Configuration = ReturnType<typeof configure>;
type ClientClass = new (configuration: Configuration) => unknown;

/** Loaded when first needed: a service's module is slow to load, and most runs use two or three of them. */
const CLASSES: { readonly [S in Service]?: () => Promise<ClientClass> } = {
  ec2: async () => (await import('@aws-sdk/client-ec2')).EC2Client,
  iam: async () => (await import('@aws-sdk/client-iam')).IAMClient,
  kms: async () => (await import('@aws-sdk/client-kms')).KMSClient,
  sts: async () => (await import('@aws-sdk/client-sts')).STSClient,
  organizations: async () => (await import('@aws-sdk/client-organizations')).OrganizationsClient,
  s3: async () => (await import('@aws-sdk/client-s3')).S3Client,
  's3-control': async () => (await import('@aws-sdk/client-s3-control')).S3ControlClient,
  cloudtrail: async () => (await import('@aws-sdk/client-cloudtrail')).CloudTrailClient,
  securityhub: async () => (await import('@aws-sdk/client-securityhub')).SecurityHubClient,
};

/**
 * One client serves one account, region and service: it keeps its credentials, and would use them for another account.
 * It needs no closing.
 */
export async function createClient(
  service: Service,
  place: Place,
  credentials: Credentials,
  settings: ClientSettings,
): Promise<Client> {
  const load = CLASSES[service];
  if (!load) throw new TrueupError({ code: 'service-unknown', message: `no client is built in for ${service}` });
  const Class = await load();
  const client = new Class(configure(service, place, credentials, settings)) as Client;
  client.middlewareStack.addRelativeTo(pacing(service, place, settings.pace), {
    relation: 'after',
    toMiddleware: 'retryMiddleware',
    name: 'trueupPace',
  });
  return client;
}

function configure(service: Service, { region }: Place, credentials: Credentials, settings: ClientSettings) {
  const endpoint = settings.routes.endpoint(service, region);
  return {
    region,
    credentials,
    ...(endpoint && { endpoint }),
    ...(endpoint && service === 's3-control' && withoutAccountLabel(endpoint)),
    ...(service === 's3' && s3Settings(endpoint)),
    ignoreConfiguredEndpointUrls: true,
    useFipsEndpoint: settings.fips,
    useDualstackEndpoint: settings.dualStack && !endpoint,
    requestHandler: settings.transport,
    maxAttempts: settings.attempts,
    retryMode: 'standard',
    defaultsMode: 'standard' as const,
    authSchemePreference: [],
    userAgentAppId: 'trueup',
    // Without methods: the SDK copies whole answers for a logger that has them.
    logger: {} as Console,
  };
}

/**
 * S3 Control puts the account in front of the host, and on this machine there is no such name: `123456789012.127.0.0.1`
 * is not even a URL. The account also stands in the header `x-amz-account-id`. Hosts of AWS keep the label.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html
 */
function withoutAccountLabel(endpoint: string): object {
  const url = new URL(endpoint);
  return isLoopback(url.hostname) ? { endpointProvider: () => ({ url }) } : {};
}

/**
 * What the S3 client would otherwise look up in profiles and the environment. On this machine the bucket stands in the
 * path: there is no such host as `bucket.127.0.0.1`.
 */
function s3Settings(endpoint: string | undefined): object {
  return {
    forcePathStyle: endpoint !== undefined && isLoopback(new URL(endpoint).hostname),
    requestChecksumCalculation: 'WHEN_SUPPORTED',
    responseChecksumValidation: 'WHEN_SUPPORTED',
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: true,
  };
}

/** Every attempt waits for its turn, the repeated ones too; a refusal makes all the others wait. */
function pacing(service: Service, place: Place, pace: Pace): Middleware {
  return (next, { commandName = '' }) =>
    async (args) => {
      const operation = `${service}:${commandName.replace(/Command$/, '')}`;
      const input = args.input as JsonObject;
      await pace.turn(place, operation, input);
      try {
        return await next(args);
      } catch (error) {
        if (isThrottling(error)) pace.refused(place, operation, input);
        throw error;
      }
    };
}
