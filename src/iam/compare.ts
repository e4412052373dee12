/** How does a role as it is deployed differ from the role that the state needs? Pure. */
import type { Json } from '../model/json.ts';
import { canonical } from '../model/json.ts';

export type Deployed = {
  readonly trust: Json;
  /** Inline policies by name. */
  readonly policies: { readonly [name: string]: Json };
  /** ARNs of managed policies. Their contents are not looked at. */
  readonly attached: readonly string[];
};

export type Wanted = { readonly trust: Json; readonly policy: Json };

export type Difference = {
  /** `missing`: something will be refused. `beyond`: more than the state needs. */
  readonly kind: 'missing' | 'beyond';
  readonly what: string;
};

export function compareRole(wanted: Wanted, deployed: Deployed): Difference[] {
  const needed = grantsOf(wanted.policy);
  const given = Object.values(deployed.policies).flatMap(grantsOf);
  return [
    ...needed
      .filter(({ allows }) => allows)
      .filter((one) => !given.some((other) => other.allows && covers(other, one)))
      .map(({ text }) => ({ kind: 'missing' as const, what: text })),
    ...needed
      .filter((one) => !one.allows && !given.some((other) => other.key === one.key))
      .map(({ text }) => ({ kind: 'missing' as const, what: text })),
    ...given
      .filter((one) => one.allows && !needed.some((other) => other.allows && covers(other, one)))
      .map(({ text }) => ({ kind: 'beyond' as const, what: text })),
    ...deployed.attached.map((arn) => ({ kind: 'beyond' as const, what: `the managed policy ${arn}` })),
    ...compareTrust(wanted.trust, deployed.trust),
  ];
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
  return condition && like(wide.action, narrow.action, 'i') && like(wide.resource, narrow.resource);
}

function like(pattern: string, text: string, flags = ''): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, flags).test(text);
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
