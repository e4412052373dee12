/** Who runs Trueup? Finds the caller's credentials and asks STS whose they are. */
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Caller } from '../model/aws.ts';
import { type Reason, TrueupError } from '../model/problem.ts';
import type { Client, Credentials } from './clients.ts';
import type { Environment, Routes } from './endpoints.ts';
import { reasonOf } from './errors.ts';
import { keepFresh } from './fresh.ts';
import { SANDBOX_IDENTITY } from './sandbox-caller.ts';
import { printable } from './text.ts';

type Place = { readonly region: string; readonly profile?: string | undefined };

/** The chain warns on the console unless it is given somewhere else to write. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {}, trace() {} };

/**
 * The SDK's default chain: environment, profiles, SSO, web identity, container, instance. A profile that was named on
 * the command line is used or fails: nobody who asked for it means the machine's own role instead. STS calls on the way
 * take the transport's guard and the environment's endpoint, never one from the state. In the sandbox there is no chain.
 */
export async function findCredentials(routes: Routes, transport: NodeHttpHandler, place: Place): Promise<Credentials> {
  if (routes.world === 'sandbox') return async () => SANDBOX_IDENTITY;
  const { fromIni, fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  const clientConfig = {
    region: place.region,
    requestHandler: transport,
    ignoreConfiguredEndpointUrls: true,
    ...(routes.credentialEndpoint && { endpoint: routes.credentialEndpoint }),
  };
  const { profile } = place;
  const init = { clientConfig, logger: SILENT };
  return profile === undefined ? fromNodeProviderChain(init) : keepFresh(fromIni({ ...init, profile })).credentials;
}

/** `GetCallerIdentity` needs no permission. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export async function identify(sts: Client, region: string): Promise<Caller> {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const answer = (await sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    const reason = reasonOf(error, { doing: 'find out who the caller is', region });
    throw new TrueupError(reason.code === 'region-not-usable' ? refused(region) : reason, { cause: error });
  })) as { readonly Account?: string; readonly Arn?: string };
  const { Account: account = '', Arn: arn = '' } = answer;
  const partition = /^arn:(aws[a-z-]*):/.exec(arn)?.[1];
  if (partition && /^\d{12}$/.test(account)) return { account, arn, partition };
  throw new TrueupError({ code: 'no-caller', message: 'STS answered without saying whose the credentials are' });
}

/** Here, unlike in a member account, the home region was chosen by a person and is almost always enabled. */
function refused(region: string): Reason {
  return {
    code: 'credentials-refused',
    message: `STS in ${region} does not accept the caller's credentials`,
    advice: `sign in again; if the credentials are fresh, check that they belong to the partition of ${region}, the fleet's homeRegion, and that the region is enabled for the account`,
  };
}

/** @throws TrueupError `wrong-caller`, before anything else is asked of AWS. */
export function expectCaller(caller: Caller, expected: string | undefined): void {
  if (expected === undefined || expected === caller.account) return;
  throw new TrueupError({
    code: 'wrong-caller',
    message: `the credentials belong to account ${caller.account}, but this fleet is called from ${expected}`,
    advice: `sign in to ${expected} (check AWS_PROFILE and --profile), or correct "caller" in the fleet`,
  });
}

/**
 * Keys of an IAM user or of the root user never expire: whoever finds them has them. Notices for the person; in a
 * pipeline an error.
 *
 * @throws TrueupError `user-credentials`
 */
export async function refuseLasting(
  { arn }: Caller,
  credentials: Credentials,
  { env, allowUserCredentials = false }: { readonly env: Environment; readonly allowUserCredentials?: boolean },
): Promise<readonly string[]> {
  const who = /^arn:[^:]+:iam::\d{12}:(user\/.+|root)$/.exec(arn)?.[1];
  if (who === undefined || (await credentials()).sessionToken !== undefined) return [];
  const message = `the caller has long-lived credentials (${printable(who)})`;
  if (env.CI && !allowUserCredentials)
    throw new TrueupError({ code: 'user-credentials', message: `${message}, and this is a pipeline`, advice: INSTEAD });
  return [`${message}: ${INSTEAD}`];
}

const INSTEAD =
  'let the pipeline assume a role through OpenID Connect ("trueup iam --part hub" writes it), or sign in with `aws sso login`; --allow-user-credentials accepts them';
