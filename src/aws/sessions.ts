/** Temporary credentials of roles: assumed once for all regions, narrowed by a session policy, renewed before they expire. */
import type { PolicyDocument } from '../model/aws.ts';
import { TrueupError } from '../model/problem.ts';
import type { Client, Credentials, Identity } from './clients.ts';

export type SessionRequest = {
  readonly account: string;
  readonly roleArn: string;
  /** Narrows the role to exactly this. It never grants. */
  readonly policy?: PolicyDocument | undefined;
};

export type RoleSession = {
  /** For SDK clients: the current credentials, renewed when they are about to expire. */
  readonly credentials: Credentials;
  /** Gets new ones whatever the clock says: AWS refused the old ones. */
  renew(): Promise<void>;
  /** How much of STS's packed limit the policy took, in percent. */
  readonly packedPolicySize?: number;
};

export type SessionSettings = {
  /** The client that sends AssumeRole, as the caller. */
  readonly sts: Client;
  readonly sessionName: string;
  readonly sourceIdentity?: string | undefined;
  readonly externalId?: string | undefined;
};

export type Sessions = { open(request: SessionRequest): Promise<RoleSession> };

/**
 * A role that is assumed from a role's session lasts an hour at most, and asking for more fails; every role allows an
 * hour. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
const SECONDS = 3600;
const RENEW_AHEAD_MS = 5 * 60_000;
/** Sessions remembered for sharing. Forgetting one costs an AssumeRole, not a session in use. */
const REMEMBERED = 5_000;

type Assumed = { readonly identity: Identity; readonly packedPolicySize?: number };

export function createSessions(settings: SessionSettings): Sessions {
  const open = new Map<string, Promise<RoleSession>>();
  return {
    open(request) {
      const key = JSON.stringify([request.roleArn, request.policy]);
      const known = open.get(key);
      if (known) return known;
      const session = openSession(() => assume(settings, request));
      open.set(key, session);
      session.catch(() => open.delete(key));
      const [oldest] = open.keys();
      if (open.size > REMEMBERED && oldest !== undefined) open.delete(oldest);
      return session;
    },
  };
}

async function openSession(assumeAgain: () => Promise<Assumed>): Promise<RoleSession> {
  const first = await assumeAgain();
  let { identity } = first;
  let renewal: Promise<void> | undefined;

  /** Whoever asks while a renewal is under way waits for that one. */
  function renew(): Promise<void> {
    renewal ??= assumeAgain()
      .then((assumed) => {
        identity = assumed.identity;
      })
      .finally(() => {
        renewal = undefined;
      });
    return renewal;
  }

  async function credentials(): Promise<Identity> {
    if (expiresSoon(identity)) await renew();
    return identity;
  }

  return {
    credentials: Object.assign(credentials, { memoized: true }),
    renew,
    ...(first.packedPolicySize !== undefined && { packedPolicySize: first.packedPolicySize }),
  };
}

function expiresSoon({ expiration }: Identity): boolean {
  return expiration !== undefined && expiration.getTime() - Date.now() < RENEW_AHEAD_MS;
}

type Answer = {
  readonly Credentials?: {
    readonly AccessKeyId?: string;
    readonly SecretAccessKey?: string;
    readonly SessionToken?: string;
    readonly Expiration?: Date;
  };
  readonly AssumedRoleUser?: { readonly Arn?: string };
  readonly PackedPolicySize?: number;
};

/** Sent directly: the SDK's own provider drops `PackedPolicySize` and takes no endpoint from its caller. */
async function assume(settings: SessionSettings, { account, roleArn, policy }: SessionRequest): Promise<Assumed> {
  const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const { sts, sessionName, sourceIdentity, externalId } = settings;
  const command = new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    DurationSeconds: SECONDS,
    ...(policy && { Policy: JSON.stringify(policy) }),
    ...(externalId !== undefined && { ExternalId: externalId }),
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  });
  const answer = (await sts.send(command).catch((error: unknown) => {
    throw withoutSecret(error, externalId);
  })) as Answer;
  return { identity: identityOf(answer, account, roleArn), ...packed(answer) };
}

function packed({ PackedPolicySize: size }: Answer): { readonly packedPolicySize?: number } {
  return size === undefined ? {} : { packedPolicySize: size };
}

function identityOf({ Credentials: given, AssumedRoleUser: user }: Answer, account: string, roleArn: string): Identity {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  const actual = user?.Arn?.split(':')[4];
  if (actual !== account)
    throw new TrueupError({
      code: 'wrong-account',
      message: `the role ${roleArn} leads to account ${actual ?? 'unknown'}, not to ${account}`,
      advice: 'write {account} in the role pattern of the fleet instead of an account id',
    });
  if (AccessKeyId && SecretAccessKey && SessionToken && Expiration)
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  throw new TrueupError({ code: 'no-session', message: `STS assumed ${roleArn} but sent no credentials` });
}

/** Validation errors of STS quote the parameter they refuse. */
function withoutSecret(error: unknown, secret: string | undefined): unknown {
  if (secret && error instanceof Error && error.message.includes(secret))
    error.message = error.message.replaceAll(secret, '(external id)');
  return error;
}
