/** Two small guardrails to check params with, a state that is right, and short ways to load texts. */
import { z } from 'zod';
import type { Guardrail, Restrictor, Setter } from '../../src/model/guardrail.ts';
import { fieldOf, itemsOf } from '../../src/model/json.ts';
import { type Problem, TrueupError } from '../../src/model/problem.ts';
import type { Resource, Value } from '../../src/model/resource.ts';
import type { State } from '../../src/model/state.ts';
import { loadDocuments } from '../../src/state/load.ts';

const resource: Resource = {
  name: 'sample',
  scope: 'region',
  reads: [],
  writes: [],
  read: async () => ({}),
  transition: () => [],
};

const lock = z
  .strictObject({ length: z.int().min(6).max(128), loud: z.boolean(), age: z.int().or(z.literal('never')) })
  .partial()
  .refine((fields) => Object.keys(fields).length > 0, 'decides nothing: write at least one field');

/** A setter with scalar fields. */
const doorLock: Setter<z.output<typeof lock>> = {
  kind: 'setter',
  name: 'door-lock',
  summary: 'How long the key is.',
  schema: lock,
  resource,
  wants: () => ({}),
  governs: () => true,
  desire: (observed: Value) => observed,
};

const gates = z.array(
  z.strictObject({
    ports: z.array(z.int()).or(z.strictObject({ not: z.array(z.int()) })),
    from: z.array(z.string()),
    otherwise: z.enum(['narrow', 'revoke', 'report']).default('narrow'),
  }),
);

/** A restrictor whose params are a list, and mention ranges. */
const openGates: Restrictor<z.output<typeof gates>> = {
  kind: 'restrictor',
  name: 'open-gates',
  summary: 'Who may come in.',
  schema: gates,
  resource: { ...resource, shrink: (value) => ({ value, origins: {}, lost: [] }) },
  wants: () => ({}),
  governs: () => true,
  cuts: () => [],
  ranges: (written) =>
    itemsOf(written).flatMap((item, entry) =>
      itemsOf(fieldOf(item, 'from')).flatMap((name, index) =>
        typeof name !== 'string' || name.startsWith('sg-') ? [] : [{ path: `${entry}.from.${index}`, name }],
      ),
    ),
};

export const guardrails: readonly Guardrail[] = [doorLock, openGates] as readonly unknown[] as readonly Guardrail[];

export const TODAY = '2026-11-21';

export const FLEET = 'kind: Fleet\naccounts: self\n';

export type Env = Readonly<Record<string, string | undefined>>;

export function options(env: Env = {}) {
  return { guardrails, env, today: TODAY };
}

/** Each text becomes a file: `state/1.yaml`, `state/2.yaml`, … */
export function load(texts: readonly string[], env: Env = {}): State {
  return loadDocuments(
    texts.map((text, index) => ({ path: `state/${index + 1}.yaml`, text })),
    options(env),
  );
}

export function problemsIn(texts: readonly string[], env: Env = {}): readonly Problem[] {
  return problemsOf(() => load(texts, env));
}

export function problemsOf(load: () => unknown): readonly Problem[] {
  try {
    load();
  } catch (error) {
    if (error instanceof TrueupError && error.code === 'invalid-state') return error.problems;
    throw error;
  }
  return [];
}

const MARK = '▸';

/** A text without its marks `▸`, and the line and column that each stands before. */
export function marked(text: string): { readonly text: string; readonly places: readonly string[] } {
  const parts = text.split(MARK);
  const places = parts.slice(0, -1).map((_, index) => {
    const lines = parts
      .slice(0, index + 1)
      .join('')
      .split('\n');
    return `${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
  });
  return { text: parts.join(''), places };
}

export function placesOf(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ at }) => `${at.line}:${at.column}`);
}
