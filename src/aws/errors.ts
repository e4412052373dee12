/** What does an error of AWS mean for the person who reads it? */
import type { ErrorContext } from '../model/aws.ts';
import { type Reason, TrueupError } from '../model/problem.ts';
import { unknownRegion } from '../model/region.ts';
import { type Facts, factsOf, type Kind, kindOf } from './error-kinds.ts';
import { actionIn, refusalIn } from './refusals.ts';
import { printable } from './text.ts';

/** Plain data for a snapshot, plan or journal. What AWS wrote is shown as text of bounded length, or not at all. */
export function reasonOf(error: unknown, context: ErrorContext): Reason {
  if (error instanceof TrueupError) return reasonOfOwn(error);
  const facts = factsOf(error);
  const kind = kindOf(facts);
  return context.role && kind === 'access-denied'
    ? notAssumable(context, context.role, facts.message)
    : describe(kind, facts, context);
}

function reasonOfOwn({ code, message, advice }: TrueupError): Reason {
  return { code, message, ...(advice !== undefined && { advice }) };
}

/** STS never says which of the three it is, so that nobody can probe for roles. */
function notAssumable({ account }: ErrorContext, role: string, message: string): Reason {
  const { how, advice } = refusalIn(message);
  if (how) {
    const what = `the role ${role} could not be assumed${account ? ` in account ${account}` : ''}`;
    return { code: 'role-not-assumable', message: `${what}: ${actionIn(message) ?? 'it'} was denied${how}`, advice };
  }
  if (message.includes('sts:SetSourceIdentity')) return noSourceIdentity(role);
  return {
    code: 'role-not-assumable',
    message: `the role ${role} could not be assumed${account ? ` in account ${account}` : ''}`,
    advice:
      'check that the role exists under this name, that its trust policy names the caller, that the external id in the fleet is the one it asks for, and that the caller may call sts:AssumeRole on it',
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html */
function noSourceIdentity(role: string): Reason {
  return {
    code: 'source-identity-not-allowed',
    message: `the role ${role} could not be assumed with a source identity`,
    advice:
      'allow sts:SetSourceIdentity in its trust policy and for the caller ("trueup iam" writes both), or pass --identity none',
  };
}

function describe(kind: Kind, facts: Facts, context: ErrorContext): Reason {
  const could = `could not ${context.doing}${placeOf(context)}`;
  const [what, advice] = SENTENCES[kind](facts, context);
  return { code: kind, message: `${could}: ${what}`, ...(advice && { advice }) };
}

function placeOf({ account, region }: ErrorContext): string {
  const place = [account, region].filter(Boolean).join(' ');
  return place && ` in ${place}`;
}

type Sentence = (facts: Facts, context: ErrorContext) => readonly [what: string, advice?: string];

const SENTENCES: { readonly [K in Kind]: Sentence } = {
  throttled: () => [
    'AWS kept refusing the calls as too many',
    'run again later, or lower fleet.limits.rate for this service: others in the account share its limit',
  ],
  'access-denied': denied,
  'credentials-expired': () => [
    'the credentials have expired',
    'sign in again (for example `aws sso login`) and run again; if they are fresh, check the clock of this machine',
  ],
  'clock-skew': () => [
    'AWS does not accept the signature of the request',
    'check the clock of this machine (more than five minutes off is refused), then the secret access key and any proxy that rewrites requests',
  ],
  'region-not-usable': ({ name }, { region, home }) => [
    `the region does not accept the account's credentials (${printable(name)}), as a region that is not enabled does`,
    region && home ? wrongHome(region) : disabled(region),
  ],
  'no-credentials': ({ message }) => [noCredentials(message), SIGN_IN],
  'session-policy-too-large': () => [
    'the session policy does not fit into what STS packs it into',
    'fewer resources per batch make it smaller',
  ],
  'session-policy-refused': () => ['STS refused the session policy as malformed', 'report this as a defect'],
  network: ({ code, name }) => [
    `no answer over the network (${printable(code || name)})`,
    code === 'ENOTFOUND' ? NO_SUCH_HOST : 'check the connection, the proxy and any custom endpoint, then run again',
  ],
  'service-error': ({ status, name }) => [
    `AWS answered with an error of its own (${status || printable(name)})`,
    'run again later; see https://health.aws.amazon.com/health/status',
  ],
  'group-not-found': ({ message }) => [
    `EC2 knows no such security group, or none that can be reached from there${message && ` (${printable(message)})`}`,
    'correct the id if the state names the group; if a rule has outlived the group that it refers to, or the peering, it lets nobody in and can never be written again: remove it by hand, and plan again',
  ],
  'aws-error': ({ name, message }) => [printable(message ? `${name}: ${message}` : name)],
};

/** A service that a region does not have has no name there. https://docs.aws.amazon.com/general/latest/gr/rande.html */
const NO_SUCH_HOST =
  'check the connection, the proxy and any custom endpoint; if other regions answer, this one may not have the service: leave it out of the targets';

function disabled(region: string | undefined): string {
  const which = region ?? 'the region';
  return `${misspelt(region)}enable ${which} for the account, or exclude it under fleet.regions; if every region answers so, the credentials belong to another partition`;
}

function wrongHome(region: string): string {
  return `${misspelt(region)}${region} is the fleet's homeRegion (us-east-1, or the first that "regions" names, where the fleet has none): write "homeRegion" with a region that is enabled in every account`;
}

/** AWS answers for a region that does not exist as for one that is not enabled. */
function misspelt(region: string | undefined): string {
  const unknown = region === undefined ? undefined : unknownRegion(region);
  return unknown ? `${unknown.message}: ${unknown.advice ?? ''}; else ` : '';
}

const SIGN_IN =
  'set AWS_PROFILE or pass --profile, sign in with `aws sso login`, or in GitHub Actions use aws-actions/configure-aws-credentials with a role';

/** A provider's message may repeat a command line or its output, hence no text of it is shown. */
function noCredentials(message: string): string {
  if (/sso/i.test(message)) return 'the SSO session is missing or has expired';
  if (/profile/i.test(message)) return 'the profile was not found, or it gives no credentials';
  return 'no AWS credentials were found';
}

function denied({ message }: Facts, context: ErrorContext): readonly [string, string] {
  const action = actionIn(message) ?? context.operation;
  const { how, advice } = refusalIn(message);
  const central = WRITES_HUB.test(action ?? '') ? `; ${CENTRAL}` : '';
  return [
    `${action ?? 'the call'} was denied${how}`,
    `${advice || `allow ${action ?? 'it'} in the role's policy`}${central}`,
  ];
}

/**
 * Which error a member gets for what is configured centrally is documented nowhere, so that nothing is decided by it.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/central-configuration-management-type.html
 */
const WRITES_HUB = /^securityhub:(?:Batch)?(?:Update|Enable|Disable)/;
const CENTRAL =
  'if Security Hub is configured centrally, the account itself may change nothing, whatever its role allows: name the administrator under fleet.securityHub, and the plan says so';
