/** What Security Hub's actions share: the hub they act on, how they refuse, and how they page. */
import { RefusedError, ServiceError } from '../../errors.ts';
import type { Action, Call, Need } from '../../service.ts';
import { text, whole } from '../../wire/fields.ts';
import type { Hub } from '../../world/hub.ts';

/**
 * Actions on controls and associations have no resource type. For those on the hub AWS's pages disagree: the Service
 * Authorization Reference has one, the user guide says that policies can name none. Whoever is to pass needs both.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityhub.html
 * https://docs.aws.amazon.com/securityhub/latest/userguide/security_iam_service-with-iam.html
 */
export const onHub = (call: Call): readonly Need[] => [{ resource: hubArn(call) }, { resource: '*' }];

/**
 * Switched on for the first time in an account, Security Hub makes a role of its own, in the name of whoever asked.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/using-service-linked-roles.html
 */
export function enabling(call: Call): readonly Need[] {
  const { world, account } = call;
  const isLinked = [...account.regions].some((region) => world.hubs.in(account.id, region).since !== undefined);
  if (isLinked || world.hubs.linked.has(account.id)) return onHub(call);
  const linking: Need = {
    action: 'iam:CreateServiceLinkedRole',
    resource: `arn:${world.partition}:iam::${account.id}:role/aws-service-role/securityhub.amazonaws.com/AWSServiceRoleForSecurityHub`,
    // IAM is asked where it is signed for, wherever the hub is.
    keys: { 'iam:AWSServiceName': ['securityhub.amazonaws.com'], 'aws:RequestedRegion': ['us-east-1'] },
  };
  return [...onHub(call), linking];
}

export function hubArn({ world, region, account }: Call): string {
  return `arn:${world.partition}:securityhub:${region}:${account.id}:hub/default`;
}

export function hubOf({ world, account, region }: Call): Hub {
  return world.hubs.in(account.id, region);
}

type Run = (hub: Hub, call: Call) => object;

/** Everything but switching it on needs Security Hub to be on: told by a 401, with a name that also means other things. */
export function inHub(run: Run): Action['run'] {
  return (call) => {
    const hub = hubOf(call);
    if (hub.since !== undefined) return run(hub, call);
    throw new ServiceError(
      'InvalidAccessException',
      `Account ${call.account.id} is not subscribed to AWS Security Hub`,
      401,
    );
  };
}

/** Where the delegated administrator decides, the account's own changes are refused. */
export function changingHub(run: Run): Action['run'] {
  return inHub((hub, call) => {
    refuseCentral(hub);
    return run(hub, call);
  });
}

export function refuseCentral({ central }: Hub): void {
  if (central) throw new RefusedError('denied', 'Your account is centrally managed by the delegated administrator');
}

export function invalidInput(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message, 400);
}

/** @throws ServiceError when a batch names more than the service takes. */
export function bounded<Item>(items: readonly Item[], { world }: Call): readonly Item[] {
  if (items.length === 0) throw invalidInput('The list must not be empty');
  if (items.length > world.hubs.mostItems) throw invalidInput(`The list has more than ${world.hubs.mostItems} items`);
  return items;
}

/** Pages hold 25 unless asked for otherwise, and 100 at most. */
export function paged<Item>(
  { input }: Call,
  items: readonly Item[],
): { readonly items: readonly Item[]; readonly next: { readonly NextToken?: string } } {
  const size = whole(input, 'MaxResults') ?? 25;
  if (!(size >= 1 && size <= 100)) throw invalidInput('MaxResults must be between 1 and 100');
  const token = text(input, 'NextToken');
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(start)) throw invalidInput('Invalid NextToken');
  const end = start + size;
  const next = end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {};
  return { items: items.slice(start, end), next };
}
