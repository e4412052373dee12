/** Temporary credentials of roles: assumed once for all regions, narrowed by a session policy, renewed before they expire. */
import type { PolicyDocument } from '../model/aws.ts';
import { policyText } from '../model/policy-text.ts';
import { TrueupError } from '../model/problem.ts';
import type { Client, Identity } from './clients.ts';
import { type Fresh, keepFresh } from './fresh.ts';
import { wrongAccount } from './names.ts';

export type SessionRequest = {
  readonly account: string;
  readonly roleArn: string;
  /** Narrows the role to exactly this. It never grants. */
  readonly policy?: PolicyDocument | undefined;
};

/** `packedPolicySize`: how much of STS's packed limit the policy took, in percent. */
export type RoleSession = Fresh & { readonly packedPolicySize?: number; readonly clockAheadMs: number };

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
/** Sessions remembered for sharing. Forgetting one costs an AssumeRole, not a session in use. */
const REMEMBERED = 5_000;

type Assumed = { readonly identity: Identity; readonly packedPolicySize?: number; readonly clockAheadMs: number };

export function createSessions(settings: SessionSettings): Sessions {
  const open = new Map<string, Promise<RoleSession>>();
  return {
    open(request) {
      const key = JSON.stringify([request.account, request.roleArn, request.policy]);
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
  const { identity, packedPolicySize, clockAheadMs } = await assumeAgain();
  const fresh = keepFresh(async () => (await assumeAgain()).identity, identity);
  return { ...fresh, clockAheadMs, ...(packedPolicySize !== undefined && { packedPolicySize }) };
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
    ...(policy && { Policy: policyText(policy) }),
    ...(externalId !== undefined && { ExternalId: externalId }),
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  });
  const answer = (await sts.send(command).catch((error: unknown) => {
    throw withoutSecret(error, externalId);
  })) as Answer;
  const { PackedPolicySize: packedPolicySize } = answer;
  const identity = identityOf(answer, account, roleArn);
  const clockAheadMs = Date.now() + SECONDS * 1000 - (identity.expiration?.getTime() ?? 0);
  if (clockAheadMs >= SECONDS * 1000) throw clockAhead(clockAheadMs);
  return { identity, clockAheadMs, ...(packedPolicySize !== undefined && { packedPolicySize }) };
}

function identityOf({ Credentials: given, AssumedRoleUser: user }: Answer, account: string, roleArn: string): Identity {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  const actual = user?.Arn?.split(':')[4];
  if (actual !== account) throw wrongAccount(roleArn, actual ?? 'unknown', account);
  if (AccessKeyId && SecretAccessKey && SessionToken && Expiration)
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  throw new TrueupError({ code: 'no-session', message: `STS assumed ${roleArn} but sent no credentials` });
}

/** By this machine's clock an hour's session has ended already: every call would fetch another one. */
function clockAhead(ms: number): TrueupError {
  return new TrueupError({
    code: 'clock-skew',
    message: `the clock of this machine is ${Math.round(ms / 60_000)} minutes ahead of AWS's: a session that was just opened seems to be over`,
    advice: 'set the clock (for example with NTP) and run again',
  });
}

/** Validation errors of STS quote the parameter they refuse, in several fields: such an error is told anew. */
function withoutSecret(error: unknown, secret: string | undefined): unknown {
  if (!secret || !(error instanceof Error) || !error.message.includes(secret)) return error;
  const told = new Error(error.message.replaceAll(secret, '(external id)'));
  return Object.assign(told, {
    name: error.name,
    $metadata: { ...('$metadata' in error && (error.$metadata as object)) },
  });
}
