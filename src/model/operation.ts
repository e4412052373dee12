/**
 * One kind of AWS request: its name, its types, what it may be used for.
 * Permissions are computed from these and never listed by hand.
 */
import type { JsonObject } from './json.ts';

/** The services that are called, under the names that the state uses, too. */
export const SERVICES = [
  'ec2',
  'iam',
  'kms',
  'sts',
  'organizations',
  'securityhub',
  's3',
  's3-control',
  'account',
  'cloudtrail',
] as const;
export type Service = (typeof SERVICES)[number];

/**
 * One AWS request as plain data. `handles` names what only a read just before the call can fill in:
 * the path of an input field → the key of the handle, e.g. `{ 'SecurityGroupRuleIds.0': 'tcp 22 from 0.0.0.0/0' }`.
 */
export type Call = {
  readonly operation: string;
  readonly input: JsonObject;
  readonly handles?: { readonly [path: string]: string };
};

/** A call that still knows the type of its answer. */
export type TypedCall<Output extends object> = Call & { readonly [answer]?: Output };
declare const answer: unique symbol;

/** A condition that narrows a permission to what one input names. */
export type Narrowing = {
  readonly key: string;
  readonly values: readonly string[];
  /** A request carries several values under this key (`aws:TagKeys`): all of them must be among these. */
  readonly set?: true;
};

/**
 * What an operation needs to be allowed. Patterns may carry `{partition}`, `{region}` and `{account}`; a field of the
 * input, such as `{Identifier}`, is filled in where the very call is known, and means any value elsewhere.
 */
export type Permission<Input> = {
  /** The IAM action; the operation's id unless it says otherwise. */
  readonly action?: string;
  /** An ARN pattern, or `*` where the service has no resource types for the action. */
  readonly resource?: string;
  /** Which values of which condition key this very input touches. */
  readonly narrow?: (input: Input) => Narrowing | readonly Narrowing[];
  /** Whether this input needs the permission at all; always, unless said. */
  readonly needed?: (input: Input) => boolean;
};

/**
 * How the items of several calls travel in one, and what became of those of each. Pure. Plan, digest and journal know
 * only the calls as they were before they were joined.
 */
export type Coalesce<Input, Output> = {
  /** How many items a call carries; a joint call carries those of all. */
  count(input: Input): number;
  join(inputs: readonly Input[]): Input;
  /** What the answer says against the items of this input: a call may succeed and leave out some of what it was asked. */
  refused(output: Output, input: Input): Refused | undefined;
  /** Errors by which AWS refuses a whole call for the number of its items, or for what one of them is. */
  readonly splitOn: readonly string[];
};
/** Once its operation is one among others: it takes the inputs and answers of that operation and of no other. */
export type AnyCoalesce = Coalesce<object, object>;

/** As an error of AWS: its code and its words. */
export type Refused = { readonly name: string; readonly message: string };

/** The part of an SDK command that types are inferred from. */
interface Command<Input, Output> {
  readonly input: Input;
  resolveMiddleware(stack: never, configuration: never, options: never): (args: never) => Promise<{ output: Output }>;
}
export type CommandClass<Input, Output> = new (input: never) => Command<Input, Output>;

export interface Operation<Input extends object = never, Output extends object = object> {
  (input: Input, handles?: Call['handles']): TypedCall<Output>;
  /** `service:Action`, e.g. `ec2:DescribeVpcs`. */
  readonly id: string;
  readonly service: Service;
  /** The SDK's class; of a service that few runs ask, loaded when it is first sent. */
  command(): CommandClass<object, Output> | Promise<CommandClass<object, Output>>;
  readonly permissions: readonly Permission<Input>[];
  /** The field that carries the token of the next page, in the input and in the answer. */
  readonly token: string;
  readonly nextToken: string;
  readonly coalesce?: AnyCoalesce;
}

type Options<Input, Output> = {
  readonly permissions?: readonly Permission<Input>[];
  readonly token?: string;
  readonly nextToken?: string;
  readonly coalesce?: Coalesce<Input, Output>;
};

/**
 * Declares an operation. Input and output types come from the SDK's command class, so that a misspelt field in a
 * planned call does not compile, although the call is plain data.
 *
 * @param id `service:Action`: also the IAM action, unless `permissions` say otherwise.
 */
export function operation<Input extends object, Output extends object>(
  id: `${Service}:${string}`,
  Command: CommandClass<Input, Output>,
  options: Options<Input, Output> = {},
): Operation<Input, Output> {
  return declare(id, () => Command, options);
}

/** The same for a service that few runs ask: its client is no part of what every run loads. */
export function lazyOperation<Input extends object, Output extends object>(
  id: `${Service}:${string}`,
  load: () => Promise<CommandClass<Input, Output>>,
  options: Options<Input, Output> = {},
): Operation<Input, Output> {
  return declare(id, load, options);
}

function declare<Input extends object, Output extends object>(
  id: `${Service}:${string}`,
  command: Operation<Input, Output>['command'],
  options: Options<Input, Output>,
): Operation<Input, Output> {
  const call = (input: Input, handles?: Call['handles']): TypedCall<Output> => ({
    operation: id,
    input: input as JsonObject,
    ...(handles && { handles }),
  });
  return Object.assign(call, {
    id,
    service: id.slice(0, id.indexOf(':')) as Service,
    command,
    permissions: options.permissions ?? [{}],
    token: options.token ?? 'NextToken',
    nextToken: options.nextToken ?? options.token ?? 'NextToken',
    ...(options.coalesce && { coalesce: options.coalesce as AnyCoalesce }),
  });
}
