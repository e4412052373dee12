/**
 * The session policy of a batch: exactly the calls that were planned, on the resources they name, and the reads that
 * check them. Whatever the executor sends beyond that, AWS refuses.
 *
 * Session policies only ever narrow what the role may do.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 */
import { GLOBAL } from '../model/address.ts';
import type { PolicyDocument, Statement } from '../model/aws.ts';
import { groupBy } from '../model/group-by.ts';
import type { Call, Narrowing, Operation } from '../model/operation.ts';

export type Place = { readonly partition: string; readonly account: string; readonly region: string };

/** Characters that AssumeRole takes for an inline policy. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const LONGEST_POLICY = 2048;

export type Needed = {
  /** The planned calls, not yet bound. */
  readonly calls: readonly Call[];
  /** What the executor reads before and after them. */
  readonly reads: readonly Operation[];
  /** The operations of the calls, by id. */
  readonly table: ReadonlyMap<string, Operation>;
  /** What stays forbidden whatever is planned. */
  readonly denials: readonly Statement[];
};

/** @throws Error when the calls belong to several services: one session never spans two. */
export function sessionPolicy({ calls, reads, table, denials }: Needed, place: Place): PolicyDocument {
  const services = new Set(calls.map(({ operation }) => operation.split(':')[0]));
  if (services.size > 1) throw new Error(`one session for several services: ${[...services].join(', ')}`);
  const looks = reads.flatMap((operation) => readGrants(operation, place));
  const writes = calls.flatMap((call) => writeGrants(call, table, place));
  const allowed = [...merge(looks), ...merge(writes)].map((one) => statementOf(one, place));
  return { Version: '2012-10-17', Statement: [...allowed, ...denials] };
}

/** One action on one thing: `pin` is the one value of the one key that names it, `rest` what else must hold. */
type Grant = {
  readonly action: string;
  readonly resource: string;
  readonly pin?: { readonly key: string; readonly value: string };
  readonly rest: readonly Narrowing[];
};

function readGrants({ id, permissions }: Operation, place: Place): Grant[] {
  return permissions.map(({ action = id, resource = '*' }) => ({
    action,
    resource: fill(resource, place).replace(FIELD, '*'),
    rest: [],
  }));
}

function writeGrants(call: Call, table: ReadonlyMap<string, Operation>, place: Place): Grant[] {
  const operation = table.get(call.operation);
  if (!operation) throw new Error(`no operation ${call.operation} in the table`);
  const input = call.input as never;
  return operation.permissions
    .filter(({ needed }) => needed?.(input) ?? true)
    .flatMap(({ action = operation.id, resource = '*', narrow }) =>
      pinned({ action, resource: named(fill(resource, place), call), rest: [narrow?.(input) ?? []].flat() }),
    );
}

const FIELD = /\{(\w+)\}/g;

/** The one thing that the call names. What could stand for several, or for none, is never put into a policy. */
function named(resource: string, { operation, input }: Call): string {
  return resource.replace(FIELD, (_, field: string) => {
    const value = Object.hasOwn(input, field) ? input[field] : undefined;
    if (typeof value === 'string' && /^[\w-]+$/.test(value)) return value;
    throw new Error(`${operation} names nothing under ${field} that a policy could allow`);
  });
}

/** One grant for each value of the first key; none where a key was left without a value, so that AWS refuses the call. */
function pinned({ rest, ...grant }: Grant): Grant[] {
  if (rest.some(({ values }) => values.length === 0)) return [];
  const first = rest.find(({ set }) => !set);
  const others = rest.filter((one) => one !== first);
  if (!first) return [{ ...grant, rest: others }];
  return first.values.map((value) => ({ ...grant, pin: { key: first.key, value }, rest: others }));
}

type Merged = {
  readonly actions: readonly string[];
  readonly resource: string;
  readonly conditions: readonly Narrowing[];
};

/**
 * Values that allow exactly the same actions share a statement, and no others do: one statement for all groups would
 * allow on each of them what was planned for only one.
 */
function merge(grants: readonly Grant[]): Merged[] {
  const actionOnThing = groupBy(grants, ({ action, resource, pin, rest }) =>
    JSON.stringify([action, resource, pin, rest.map(({ key }) => key)]),
  );
  const united = groups(actionOnThing).map(([first, same]) => ({ ...first, rest: unite(same) }));
  const onThing = groupBy(united, ({ resource, pin, rest }) => JSON.stringify([resource, pin, rest]));
  const things = groups(onThing).map(([first, same]) => ({ ...first, actions: sorted(same.map((one) => one.action)) }));
  const alike = groupBy(things, ({ resource, pin, rest, actions }) =>
    JSON.stringify([resource, pin?.key, rest, actions]),
  );
  return groups(alike).map(([{ actions, resource, pin, rest }, same]) => {
    const values = sorted(same.flatMap((one) => one.pin?.value ?? []));
    return { actions, resource, conditions: pin ? [{ key: pin.key, values }, ...rest] : rest };
  });
}

/** The conditions beside the pin, with the values of all that share action, thing and keys. */
function unite(same: readonly Grant[]): readonly Narrowing[] {
  const [first] = same;
  return (first?.rest ?? []).map((narrowing, i) => ({
    ...narrowing,
    values: sorted(same.flatMap(({ rest }) => rest[i]?.values ?? [])),
  }));
}

/** What the resource does not say is a condition: the region, unless it is account-wide, and the account. */
function statementOf({ actions, resource, conditions }: Merged, { account, region }: Place): Statement {
  const isRegional = region !== GLOBAL && !isWithoutRegion(resource);
  const equal = conditions.filter(({ set }) => !set);
  const sets = conditions.filter(({ set }) => set);
  const at = [
    ...(resource.includes(account) ? [] : [{ key: 'aws:PrincipalAccount', values: [account] }]),
    ...(resource.includes(region) || !isRegional ? [] : [{ key: 'aws:RequestedRegion', values: [region] }]),
  ];
  const condition = {
    ...operator('StringEquals', [...at, ...equal]),
    ...operator('ForAllValues:StringEquals', sets),
    // ForAllValues also holds for a request without the key, such as one that deletes all tags of a resource.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    ...operator(
      'Null',
      sets.map(({ key }) => ({ key, values: ['false'] })),
    ),
  };
  const narrowed = Object.keys(condition).length > 0 && { Condition: condition };
  return { Effect: 'Allow', Action: actions, Resource: resource, ...narrowed };
}

/**
 * What stands in no region, such as a role: requests about it are made where its service is signed for, also those that
 * another service makes in the session's name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
 */
function isWithoutRegion(resource: string): boolean {
  return resource.split(':')[3] === '';
}

function operator(name: string, on: readonly Narrowing[]): NonNullable<Statement['Condition']> {
  if (on.length === 0) return {};
  return { [name]: Object.fromEntries(on.map(({ key, values }) => [key, values.map(literally)])) };
}

/**
 * A value means itself: IAM fills in `${…}` in values, and a tag may be called anything.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
export function literally(value: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is IAM's own way to write a dollar sign
  return value.replaceAll('${', '${$}{');
}

function groups<Item>(byKey: ReadonlyMap<string, Item[]>): (readonly [Item, Item[]])[] {
  return [...byKey.values()].flatMap((same) => (same[0] === undefined ? [] : [[same[0], same] as const]));
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

export function fill(pattern: string, { partition, region, account }: Place): string {
  return pattern.replaceAll('{partition}', partition).replaceAll('{region}', region).replaceAll('{account}', account);
}
