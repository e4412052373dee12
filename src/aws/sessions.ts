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
export type RoleSession = Fresh & { readonly packedPolicySize?: number };

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

type Assumed = { readonly identity: Identity; readonly packedPolicySize?: number };

export function createSessions(settings: SessionSettings): Sessions {
  const open = new Map<string, Promise<RoleSession>>();
  const assumeFirst = checkingClock();
  return {
    open(request) {
      const key = JSON.stringify([request.account, request.roleArn, request.policy]);
      const known = open.get(key);
      if (known) return known;
      const session = openSession(() => assumeFirst(() => assume(settings, request)));
      open.set(key, session);
      session.catch(() => open.delete(key));
      const [oldest] = open.keys();
      if (open.size > REMEMBERED && oldest !== undefined) open.delete(oldest);
      return session;
    },
  };
}

async function openSession(assumeAgain: () => Promise<Assumed>): Promise<RoleSession> {
  const { identity, packedPolicySize } = await assumeAgain();
  const fresh = keepFresh(async () => (await assumeAgain()).identity, identity);
  return { ...fresh, ...(packedPolicySize !== undefined && { packedPolicySize }) };
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
  return { identity, ...(packedPolicySize !== undefined && { packedPolicySize }) };
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

/** From here on AWS refuses signatures. https://docs.aws.amazon.com/IAM/latest/UserGuide/signing-elements.html */
const TOLERATED_MS = 5 * 60_000;

/**
 * The SDK corrects the clock for its signatures and says nothing; but sessions end, locks lapse and exceptions expire by
 * this machine's clock as well. A clock that is right when the first session is opened stays so, and is judged once; but
 * a session that is over when it is opened would be renewed before every call.
 */
function checkingClock(): (assumed: () => Promise<Assumed>) => Promise<Assumed> {
  let checked = false;
  return async (assumed) => {
    const answer = await assumed();
    const aheadMs = Date.now() + SECONDS * 1000 - (answer.identity.expiration?.getTime() ?? 0);
    const over = aheadMs >= SECONDS * 1000;
    if (over || (!checked && Math.abs(aheadMs) >= TOLERATED_MS)) throw clockOff(aheadMs);
    checked = true;
    return answer;
  };
}

function clockOff(aheadMs: number): TrueupError {
  const off = `${Math.round(Math.abs(aheadMs) / 60_000)} minutes ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
  return new TrueupError({
    code: 'clock-skew',
    message: `the clock of this machine is ${off} AWS's`,
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
