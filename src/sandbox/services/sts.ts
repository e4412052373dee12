/** STS: sessions in other accounts, narrowed by a policy. https://docs.aws.amazon.com/STS/latest/APIReference/ */
import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { RefusedError, ServiceError } from '../errors.ts';
import { covers } from '../iam/evaluate.ts';
import { type Policy, parsePolicy } from '../iam/policy.ts';
import { trusts } from '../iam/principal.ts';
import { authorize, type Call, demandOf, roleArn, type Service, sessionArn } from '../service.ts';
import { records, text, whole } from '../wire/fields.ts';
import { queryProtocol } from '../wire/query-protocol.ts';
import type { Role, Session, World } from '../world/world.ts';

/** Inline JSON may have this many characters. */
const POLICY_LIMIT = 2048;
const HOUR = 3600;

export const sts: Service = {
  name: 'sts',
  protocol: queryProtocol('https://sts.amazonaws.com/doc/2011-06-15/'),
  regional: false,
  actions: {
    // Works even under an explicit deny: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    GetCallerIdentity: {
      needs: () => [],
      run: ({ world, session }) => ({
        UserId: session.user ? session.role.id : `${session.role.id}:${session.name}`,
        Account: session.account,
        Arn: sessionArn(world, session),
      }),
    },
    AssumeRole: { needs: () => [], run: assumeRole },
  },
};

type Target = { readonly account: string; readonly role: Role; readonly arn: string };

function assumeRole(call: Call): object {
  const { world, input } = call;
  const name = required(call, 'RoleSessionName', /^[\w+=,.@-]{2,64}$/);
  const externalId = optional(call, 'ExternalId', /^[\w+=,.@:/-]{2,1224}$/);
  const sourceIdentity = sourceIdentityOf(call);
  const target = findRole(call, required(call, 'RoleArn', /^.{20,2048}$/s));
  admit(call, target, {
    'sts:rolesessionname': [name],
    ...(externalId !== undefined && { 'sts:externalid': [externalId] }),
    ...(sourceIdentity !== undefined && { 'sts:sourceidentity': [sourceIdentity] }),
  });
  const seconds = duration(call, target.role);
  if ('PolicyArns' in input)
    throw new ServiceError('ValidationError', 'The sandbox has no managed policies: PolicyArns');
  const policy = inlinePolicy(text(input, 'Policy'));
  const packed = policy && packedSize(world, policy);
  const session = issue(world, target, {
    name,
    seconds,
    ...(policy && { policy }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  });
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secret,
      SessionToken: session.token,
      Expiration: new Date(session.expiresAt ?? 0),
    },
    AssumedRoleUser: { AssumedRoleId: `${target.role.id}:${name}`, Arn: sessionArn(world, session) },
    PackedPolicySize: packed,
    SourceIdentity: sourceIdentity,
  };
}

/** Once set it stays, through every further role: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html */
function sourceIdentityOf(call: Call): string | undefined {
  const asked = optional(call, 'SourceIdentity', /^[\w+=,.@-]{2,64}$/);
  const kept = call.session.sourceIdentity;
  if (asked !== undefined && kept !== undefined && asked !== kept) {
    throw new ServiceError('ValidationError', 'SourceIdentity can not be changed in a role chain.');
  }
  return kept ?? asked;
}

function invalid(name: string, value: string): ServiceError {
  return new ServiceError(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint`,
  );
}

function optional(call: Call, name: string, shape: RegExp): string | undefined {
  const value = text(call.input, name);
  if (value !== undefined && !shape.test(value)) throw invalid(name, value);
  return value;
}

function required(call: Call, name: string, shape: RegExp): string {
  const value = optional(call, name, shape);
  if (value === undefined) throw invalid(name, 'null');
  return value;
}

/** An unknown role and a role that does not trust the caller give the same answer, so that nothing can be probed. */
function refuse(call: Call, arn: string, action = 'sts:AssumeRole'): RefusedError {
  const user = sessionArn(call.world, call.session);
  return new RefusedError('denied', `User: ${user} is not authorized to perform: ${action} on resource: ${arn}`);
}

function findRole(call: Call, arn: string): Target {
  const [, partition, service, , id = '', path = ''] = arn.split(':');
  const account = call.world.accounts.get(id);
  const role = account?.roles.get(path.replace(/^role\//, ''));
  const known = partition === call.world.partition && service === 'iam' && path.startsWith('role/');
  const open = account?.state === 'ACTIVE' || account?.state === 'PENDING_CLOSURE';
  if (!known || !open || !role) throw refuse(call, arn);
  return { account: id, role, arn };
}

/** Across accounts both sides must agree; within one, a trust that names the caller itself is enough. */
function admit(call: Call, target: Target, keys: { readonly [key: string]: readonly string[] }): void {
  const caller = {
    account: call.session.account,
    role: roleArn(call.world, call.session),
    session: sessionArn(call.world, call.session),
  };
  const actions = [
    'sts:AssumeRole',
    ...('sts:sourceidentity' in keys ? ['sts:SetSourceIdentity'] : []),
    ...(records(call.input, 'Tags').length > 0 ? ['sts:TagSession'] : []),
  ];
  for (const action of actions) {
    const demand = demandOf(call, action, { resource: target.arn, keys });
    const trust = trusts(target.role.trust, demand, caller, covers);
    if (trust === 'none') throw refuse(call, target.arn, action);
    if (target.account === caller.account && trust === 'named') continue;
    authorize(call, 'sts', 'AssumeRole', [{ action, resource: target.arn, keys }]);
  }
}

function duration(call: Call, role: Role): number {
  const seconds = whole(call.input, 'DurationSeconds') ?? HOUR;
  if (!(seconds >= 900 && seconds <= 43_200)) throw invalid('durationSeconds', String(seconds));
  if (seconds > role.maxSessionSeconds) {
    throw new ServiceError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  // Where the caller is itself a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
  if (seconds > HOUR && !call.session.user) {
    throw new ServiceError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  return seconds;
}

function inlinePolicy(document: string | undefined): Policy | undefined {
  if (document === undefined) return undefined;
  if (document.length > POLICY_LIMIT || document.length === 0) {
    throw new ServiceError(
      'ValidationError',
      `1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${POLICY_LIMIT}`,
    );
  }
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_RequestParameters, Policy
  if (!/^[\t\n\r\u0020-\u00ff]+$/.test(document)) throw invalid('policy', document);
  try {
    return parsePolicy(document, 'permissions');
  } catch (error) {
    throw new ServiceError(
      'MalformedPolicyDocument',
      error instanceof Error ? error.message : 'Syntax errors in policy.',
    );
  }
}

/**
 * AWS does not say how it packs policies. Deflate stands in for it: like the real thing it shrinks repetition and
 * cannot shrink random ids, and a policy below 2,048 characters can be too large.
 */
function packedSize(world: World, policy: Policy): number {
  const bytes = deflateRawSync(JSON.stringify(JSON.parse(policy.text))).length;
  const percent = Math.max(1, Math.ceil((bytes / world.packedPolicyBudget) * 100));
  if (percent <= 100) return percent;
  throw new ServiceError(
    'PackedPolicyTooLarge',
    `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  );
}

type Terms = {
  readonly name: string;
  readonly seconds: number;
  readonly policy?: Policy;
  readonly sourceIdentity?: string;
};

function issue(world: World, target: Target, { seconds, ...terms }: Terms): Session {
  const session: Session = {
    ...terms,
    accessKeyId: `ASIA${randomBytes(10).toString('hex').slice(0, 16).toUpperCase()}`,
    secret: randomBytes(30).toString('base64'),
    token: randomBytes(96).toString('base64'),
    expiresAt: world.clock.now() + seconds * 1000,
    account: target.account,
    role: target.role,
  };
  world.sessions.set(session.accessKeyId, session);
  return session;
}
