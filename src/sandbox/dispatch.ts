/** From an HTTP request to an answer: who signed it, what it asks, whether it may, and what comes of it. */
import { randomUUID } from 'node:crypto';
import { RefusedError, ServiceError } from './errors.ts';
import type { Effect, Faults } from './faults.ts';
import type { RecordedRequest } from './record.ts';
import { type Action, authorize, type Call, roleArn, type Service, sessionArn } from './service.ts';
import { findService } from './services/index.ts';
import { readSignature, type Signature, verifySignature } from './sigv4.ts';
import { asBefore, keepAnswer } from './stale.ts';
import { createThrottle } from './throttle.ts';
import { type Fields, flag, text } from './wire/fields.ts';
import type { Failure, WireAnswer, WireRequest } from './wire/protocol.ts';
import { isOptIn } from './world/regions.ts';
import type { Account, Session, World } from './world/world.ts';

/** No answer at all: the connection is cut. */
export type Outcome = {
  readonly answer: WireAnswer | undefined;
  readonly latencyMs: number;
  readonly record: RecordedRequest | undefined;
};
export type Dispatch = (request: WireRequest) => Promise<Outcome>;

type Asked = Call & { readonly service: Service; readonly action: string };

export function createDispatch(world: World, faults: Faults): Dispatch {
  const take = createThrottle();
  return async (request) => {
    const requestId = randomUUID();
    const claim = tryRead(request);
    const service = claim && findService(claim.service, request.url);
    if (!claim || !service) return unanswerable(claim, requestId);
    let asked: Asked;
    try {
      asked = { ...authenticate(world, request, claim, service), service, ...service.protocol.read(request) };
    } catch (error) {
      return { answer: service.protocol.fail(failureOf(service, error), requestId), latencyMs: 0, record: undefined };
    }
    const { latencyMs, held, effect, answers } = faults.strike(subjectOf(asked));
    await held;
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
    return { latencyMs, ...settle(asked, requestId, () => execute(asked, effect, { take, answers }), effect) };
  };
}

function tryRead(request: WireRequest): Signature | undefined {
  try {
    return readSignature(request);
  } catch {
    return undefined;
  }
}

/** Without a service there is no protocol to refuse in. */
function unanswerable(claim: Signature | undefined, requestId: string): Outcome {
  const message = claim ? `The sandbox has no service "${claim.service}"` : 'Request is missing Authentication Token';
  const code = claim ? 'UnknownService' : 'MissingAuthenticationToken';
  const body = JSON.stringify({ __type: code, message, requestId });
  const answer = {
    status: claim ? 404 : 403,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body,
  };
  return { answer, latencyMs: 0, record: undefined };
}

type Known = Omit<Call, 'input'>;

function authenticate(world: World, request: WireRequest, claim: Signature, service: Service): Known {
  const session = world.sessions.get(claim.accessKeyId);
  if (!session || session.token !== request.headers['x-amz-security-token']) {
    throw new RefusedError('unknown-key', 'The security token included in the request is invalid.');
  }
  verifySignature(request, claim, session.secret, Date.now());
  if (session.expiresAt !== undefined && session.expiresAt <= world.clock.now()) {
    throw new RefusedError('expired-session', 'The security token included in the request is expired');
  }
  const account = accountOf(world, session);
  if (!isUsable(account, claim.region, service)) {
    throw new RefusedError('disabled-region', 'AWS was not able to validate the provided access credentials');
  }
  return { world, session, account, region: claim.region };
}

function accountOf(world: World, session: Session): Account {
  const account = world.accounts.get(session.account);
  if (!account) throw new RefusedError('unknown-key', 'The security token included in the request is invalid.');
  return account;
}

/** STS works in every Region that needs no opt-in, whatever the seed says about the others. */
function isUsable(account: Account, region: string, service: Service): boolean {
  if (account.regions.has(region)) return true;
  return service.name === 'sts' ? !isOptIn(region) : !service.regional;
}

function subjectOf({ service, action, region, account, input }: Asked) {
  const roleAccount = text(input, 'RoleArn')?.split(':')[4];
  const accounts = action === 'AssumeRole' && roleAccount !== undefined ? [account.id, roleAccount] : [account.id];
  return { service: service.name, action, region, accounts };
}

type Execution = {
  readonly take: ReturnType<typeof createThrottle>;
  /** What stale answers are taken from. */
  readonly answers: Map<string, object> | undefined;
};

function execute(asked: Asked, effect: Effect | undefined, { take, answers }: Execution): object {
  const { service, action, input } = asked;
  const bounded = 'Filter' in input || 'MaxResults' in input;
  const granted =
    !asked.world.throttle ||
    take({ account: asked.account.id, region: asked.region, service: service.name, action, bounded });
  if (effect === 'throttle' || !granted) throw new RefusedError('throttled', 'Request limit exceeded.');
  if (effect === 'deny')
    throw new RefusedError(
      'denied',
      `${sessionArn(asked.world, asked.session)} is not authorized to perform this operation.`,
    );
  if (effect === 'error500') throw new RefusedError('internal', 'An internal error has occurred');
  if (typeof effect === 'object' && 'code' in effect)
    throw new ServiceError(effect.code, effect.message, effect.status);
  const output = perform(asked, service.actions[action]);
  if (!answers) return output;
  const question = [service.name, action, asked.account.id, asked.region, input];
  if (effect === 'stale') return asBefore(question, output, answers);
  keepAnswer(question, output, answers);
  return output;
}

function perform(asked: Asked, handler: Action | undefined): object {
  const { service, action, input } = asked;
  if (!handler) throw new RefusedError('unknown-action', `The action ${action} is not valid for this web service.`);
  authorize(asked, service.name, action, handler.needs?.(asked) ?? [{ resource: '*' }]);
  if (service.dryRun && flag(input, 'DryRun')) {
    throw new ServiceError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
  }
  return handler.run(asked);
}

function settle(
  asked: Asked,
  requestId: string,
  run: () => object,
  effect: Effect | undefined,
): Omit<Outcome, 'latencyMs'> {
  const { protocol } = asked.service;
  if (effect === 'drop') return { answer: undefined, record: recordOf(asked, 'dropped', 0) };
  let answer: WireAnswer;
  let outcome = 'ok';
  try {
    answer = protocol.answer(asked.action, run(), requestId);
  } catch (error) {
    const failure = failureOf(asked.service, error);
    answer = protocol.fail(failure, requestId);
    outcome = failure.code;
  }
  remember(asked, requestId, outcome);
  const lost = effect === 'drop-after';
  return {
    answer: lost ? undefined : answer,
    record: recordOf(asked, lost ? `${outcome}, answer dropped` : outcome, answer.status),
  };
}

function failureOf(service: Service, error: unknown): Failure {
  if (error instanceof ServiceError) return { code: error.code, status: error.status, message: error.message };
  const refused = error instanceof RefusedError ? error : undefined;
  const [code, status] = service.protocol.refusals[refused?.refusal ?? 'internal'];
  return { code, status, message: error instanceof Error ? error.message : 'An internal error has occurred' };
}

function recordOf(asked: Asked, outcome: string, status: number): RecordedRequest {
  const { world, session, service, action, account, region, input } = asked;
  return {
    at: new Date(world.clock.now()).toISOString(),
    service: service.name,
    action,
    account: account.id,
    region,
    input: withoutEnvelope(input),
    session: {
      role: roleArn(world, session),
      name: session.name,
      ...(session.policy && { policy: session.policy.text }),
      ...(session.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
    },
    outcome,
    status,
  };
}

/** What only reads, or only gives a session, changes nothing that anybody could ask after. */
const READS = /^(?:Get|List|Describe|Lookup|Batch(?:Get|Describe)|Head|Search|Simulate)/;

function remember(
  { world, session, service, action, account, region, input }: Asked,
  id: string,
  outcome: string,
): void {
  if (READS.test(action) || service.name === 'sts' || service.name === 's3') return;
  const control = service.name === 's3-control';
  world.trail.push({
    id,
    at: world.clock.now(),
    account: account.id,
    region,
    source: `${control ? 's3' : service.name}.amazonaws.com`,
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
    name: control ? action.replace('PublicAccess', 'AccountPublicAccess') : action,
    by: sessionArn(world, session),
    ...(session.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
    parameters: withoutEnvelope(input),
    ...(outcome !== 'ok' && { error: outcome }),
  });
}

/** `Action` and `Version` belong to the protocol, not to the input. */
function withoutEnvelope({ Action: _action, Version: _version, ...input }: Fields): Fields {
  return input;
}
