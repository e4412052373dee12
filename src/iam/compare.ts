/** How does a role as it is deployed differ from the role that the state needs? Pure. */
import { globMatches } from '../model/glob.ts';
import type { Json } from '../model/json.ts';
import { canonical } from '../model/json.ts';

export type Deployed = {
  readonly trust: Json;
  readonly path?: string;
  /** Inline policies by name. */
  readonly policies: { readonly [name: string]: Json };
  /** Managed policies: ARN → document; `undefined` where it could not be read. */
  readonly attached: { readonly [arn: string]: Json | undefined };
  readonly boundary?: { readonly arn: string; readonly document: Json | undefined };
};

export type Wanted = {
  readonly trust: Json;
  readonly path?: string;
  readonly policy: Json;
  /** An ARN, or one that Trueup writes. Without it, any is right that lets through what is needed. */
  readonly boundary?: string | { readonly name: string; readonly document: Json };
};

export type Difference = {
  /** `missing`: something will be refused. `beyond`: more than the state needs. `unknown`: it could not be compared. */
  readonly kind: 'missing' | 'beyond' | 'unknown';
  readonly what: string;
};

export function compareRole(wanted: Wanted, deployed: Deployed): Difference[] {
  const { policies, attached } = deployed;
  const documents = [...Object.values(policies), ...Object.values(attached).filter((one) => one !== undefined)];
  const unread = Object.keys(attached).filter((arn) => attached[arn] === undefined);
  const path = wanted.path !== undefined && deployed.path !== undefined && wanted.path !== deployed.path;
  return [
    ...(path ? [missing(`the path ${wanted.path}: the role stands under ${deployed.path}`)] : []),
    ...compareGrants(wanted.policy, documents),
    ...unread.map((arn) => unknown(`what the managed policy ${arn} allows: it could not be read`)),
    ...compareBoundary(wanted, deployed),
    ...compareTrust(wanted.trust, deployed.trust),
  ];
}

/** What is granted by the documents together, against what is wanted. */
function compareGrants(wanted: Json, documents: readonly Json[]): Difference[] {
  const needed = grantsOf(wanted);
  const given = documents.flatMap(grantsOf);
  const denials = given.filter((one) => !one.allows && !needed.some((other) => other.key === one.key));
  const asked = needed.filter(({ allows }) => allows);
  const granted = asked.filter((one) => given.some((other) => other.allows && covers(other, one)));
  return [
    ...asked.filter((one) => !granted.includes(one)).map(({ text }) => missing(text)),
    ...granted.flatMap((one) => {
      const denial = denials.find((other) => other.condition === '' && covers(other, one));
      return denial ? [missing(`${one.text}, because of ${denial.text}`)] : [];
    }),
    ...needed
      .filter((one) => !one.allows && !given.some((other) => other.key === one.key))
      .map(({ text }) => missing(text)),
    ...given
      .filter((one) => one.allows && !asked.some((other) => covers(other, one)))
      .map(({ text }) => ({ kind: 'beyond' as const, what: text })),
  ];
}

/** A boundary takes away and gives nothing: one that nobody asked for is told only where it is in the way. */
function compareBoundary({ policy, boundary: wanted }: Wanted, { boundary }: Deployed): Difference[] {
  if (!boundary) return wanted === undefined ? [] : [missing(`the permissions boundary ${nameOf(wanted)}`)];
  const { arn, document } = boundary;
  const named = wanted === undefined || (typeof wanted === 'string' ? arn === wanted : arn.endsWith(`/${wanted.name}`));
  const other = named ? [] : [missing(`the permissions boundary ${nameOf(wanted)}: the role has ${arn}`)];
  if (document === undefined)
    return [...other, unknown(`what the permissions boundary ${arn} lets through: it could not be read`)];
  if (typeof wanted === 'object' && named)
    return compareGrants(wanted.document, [document]).map(({ kind, what }) => ({ kind, what: `boundary: ${what}` }));
  const cut = compareGrants(policy, [document]).filter(({ kind, what }) => kind === 'missing' && !/^deny /.test(what));
  return [
    ...other,
    ...cut.map(({ what }) => missing(`${what}: the permissions boundary ${arn} does not let it through`)),
  ];
}

function nameOf(boundary: NonNullable<Wanted['boundary']>): string {
  return typeof boundary === 'string' ? boundary : boundary.name;
}

function missing(what: string): Difference {
  return { kind: 'missing', what };
}

function unknown(what: string): Difference {
  return { kind: 'unknown', what };
}

/** External ids are compared and never told. */
function compareTrust(wanted: Json, deployed: Json): Difference[] {
  const [needed, given] = [trustsOf(wanted), trustsOf(deployed)];
  return [
    ...[...needed]
      .filter(([key]) => !given.has(key))
      .map(([, text]) => ({ kind: 'missing' as const, what: `trust: ${text}` })),
    ...[...given]
      .filter(([key]) => !needed.has(key))
      .map(([, text]) => ({ kind: 'beyond' as const, what: `trust: ${text}` })),
  ];
}

type Raw = { readonly [name: string]: Json };

/** One action on one resource, as one statement has it. */
type Grant = {
  readonly allows: boolean;
  readonly action: string;
  readonly resource: string;
  /** What else must hold, in one form. */
  readonly condition: string;
  readonly key: string;
  readonly text: string;
};

function grantsOf(policy: Json): Grant[] {
  return statementsOf(policy).flatMap((statement) => {
    const { Effect, Condition } = statement;
    const condition = Condition === undefined ? '' : canonical(listed(Condition));
    const actions = statement.Action === undefined ? ['(everything but NotAction)'] : texts(statement.Action);
    const resources = statement.Resource === undefined ? ['(everything but NotResource)'] : texts(statement.Resource);
    return actions.flatMap((action) =>
      resources.map((resource): Grant => {
        const verb = Effect === 'Deny' ? 'deny ' : '';
        const text = `${verb}${action} on ${resource}${condition && ` when ${condition}`}`;
        const key = canonical([Effect ?? '', action.toLowerCase(), resource, condition]);
        return { allows: Effect === 'Allow', action, resource, condition, key, text };
      }),
    );
  });
}

/** A pattern covers another when it matches the other's text; an unconditional grant covers a conditional one. */
function covers(wide: Grant, narrow: Grant): boolean {
  const condition = wide.condition === '' || wide.condition === narrow.condition;
  return (
    condition &&
    globMatches(wide.action.toLowerCase(), narrow.action.toLowerCase()) &&
    globMatches(wide.resource, narrow.resource)
  );
}

function trustsOf(policy: Json): Map<string, string> {
  return new Map(
    statementsOf(policy).map((statement) => {
      const { Effect, Principal, Action, Condition } = statement;
      const whole = { Effect, Principal: listed(Principal ?? null), Action: listed(Action ?? null), Condition };
      const told = canonical({ ...whole, Condition: withoutSecret(listed(Condition ?? null)) });
      return [canonical({ ...whole, Condition: listed(Condition ?? null) }), told] as const;
    }),
  );
}

function withoutSecret(condition: Json): Json {
  return JSON.parse(JSON.stringify(condition), (key, value: Json) =>
    key.toLowerCase() === 'sts:externalid' ? ['(external id)'] : value,
  ) as Json;
}

function statementsOf(policy: Json): Raw[] {
  const { Statement } = (policy ?? {}) as { readonly Statement?: Json };
  return (Array.isArray(Statement) ? Statement : [Statement]).filter(isRecord);
}

/** A text alone and a list of one mean the same, and so does any order. */
function listed(value: Json): Json {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return [...value].map(String).sort();
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, listed(item)]));
}

function texts(value: Json): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function isRecord(value: Json | undefined): value is Raw {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
