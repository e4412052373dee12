/** Takes policy documents apart into what they allow and deny, action by action. Pure: the documents are whatever is deployed. */
import type { Json } from '../model/json.ts';
import { canonical } from '../model/json.ts';
import { meet, type Span, spans } from './patterns.ts';

export type Raw = { readonly [name: string]: Json };

/** One action on one resource, as one statement has it; or everything but some. */
export type Grant = {
  readonly allows: boolean;
  readonly actions: Span;
  readonly resources: Span;
  /** What else must hold, in one form. */
  readonly condition: string;
  readonly key: string;
  readonly text: string;
};

export function grantsOf(policy: Json): Grant[] {
  return statementsOf(policy).flatMap((statement) => {
    const { Effect, Condition } = statement;
    const condition = isRecord(Condition) && Object.keys(Condition).length > 0 ? canonical(listed(Condition)) : '';
    const actions = spansOf(statement.Action, statement.NotAction).map(lowered);
    return actions.flatMap(({ span, told: action }) =>
      spansOf(statement.Resource, statement.NotResource).map(({ span: resources, told: resource }): Grant => {
        const verb = Effect === 'Deny' ? 'deny ' : '';
        const text = `${verb}${action} on ${resource}${condition && ` when ${condition}`}`;
        const key = canonical([
          Effect ?? '',
          ...[span, resources].flatMap(({ but, patterns }) => [but, [...patterns]]),
          condition,
        ]);
        return { allows: Effect === 'Allow', actions: span, resources, condition, key, text };
      }),
    );
  });
}

/** Is all that the narrow one is about in the wide one? An unconditional grant covers a conditional one. */
export function covers(wide: Grant, narrow: Grant): boolean {
  const condition = wide.condition === '' || wide.condition === narrow.condition;
  return condition && spans(wide.actions, narrow.actions) && spans(wide.resources, narrow.resources);
}

/** May both be about the same request, if their conditions hold? */
export function touches(one: Grant, other: Grant): boolean {
  return meet(one.actions, other.actions) && meet(one.resources, other.resources);
}

export function statementsOf(policy: Json): Raw[] {
  const { Statement } = (policy ?? {}) as { readonly Statement?: Json };
  return (Array.isArray(Statement) ? Statement : [Statement]).filter(isRecord);
}

/** A text alone and a list of one mean the same, and so does any order. */
export function listed(value: Json): Json {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return [...value].map(String).sort();
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, listed(item)]));
}

type Told = { readonly span: Span; readonly told: string };

/** Each pattern alone; what is left out only together: a request must match none of them. */
function spansOf(named: Json | undefined, left: Json | undefined): Told[] {
  if (named !== undefined) return texts(named).map((text) => ({ span: { but: false, patterns: [text] }, told: text }));
  // A statement with neither is none that AWS keeps.
  if (left === undefined) return [];
  return [{ span: { but: true, patterns: texts(left) }, told: `everything but ${texts(left).join(', ')}` }];
}

/** Names of actions are the same in any case. */
function lowered({ span: { but, patterns }, told }: Told): Told {
  return { span: { but, patterns: patterns.map((one) => one.toLowerCase()) }, told };
}

function texts(value: Json): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function isRecord(value: Json | undefined): value is Raw {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
