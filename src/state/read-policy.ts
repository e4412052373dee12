/** A Policy document: its targets, and each guardrail's params checked by the guardrail's own schema. */
import type { Guardrail } from '../model/guardrail.ts';
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { GuardrailDraft, Options, Read } from './document.ts';
import { check, type Part } from './explain-issue.ts';
import { policy } from './schemas.ts';
import { linesAt, positionAt, problemAt } from './source.ts';
import { keyOffset, locate, offsets } from './tree.ts';
import { quote, suggest } from './words.ts';

type Checked = { readonly draft?: GuardrailDraft; readonly problems: readonly Problem[] };

/** Guardrails are checked even if the rest of the policy is wrong: all problems at once. */
export function readPolicy(part: Part, data: Json, { guardrails }: Options): Read {
  const { source, tree } = part;
  const { value, problems } = check(policy, data, part);
  const checked = entriesOf(data).map(([name, params]) => readGuardrail(name, params, part, guardrails));
  const entries = checked.flatMap(({ draft }) => draft ?? []);
  const at = positionAt(source, tree.offset);
  const placed = value && {
    name: value.name,
    at,
    targets: value.targets,
    overrides: value.overrides,
    guardrails: entries.flatMap(({ entry }) => entry ?? []),
  };
  return {
    document: { kind: 'Policy', source, tree, value: placed, entries },
    problems: [...problems, ...checked.flatMap((entry) => entry.problems)],
  };
}

function entriesOf(data: Json): readonly (readonly [string, Json])[] {
  if (!isObject(data) || !isObject(data.guardrails)) return [];
  return Object.entries(data.guardrails);
}

function readGuardrail(name: string, params: Json, part: Part, guardrails: readonly Guardrail[]): Checked {
  const offset = keyOffset(part.tree, ['guardrails'], name);
  const guardrail = guardrails.find((known) => known.name === name);
  if (guardrail === undefined)
    return { problems: [problemAt(part.source, offset, unknownGuardrail(name, guardrails))] };
  const path = ['guardrails', name];
  const { value, problems } = check(guardrail.schema, params, { ...part, at: path });
  const places = new Map(offsets(locate(part.tree, path).tree));
  const draft = { guardrail, written: params, offsets: places };
  if (value === undefined) return { draft, problems };
  const positions = Object.fromEntries([...places].map(([below, place]) => [below, positionAt(part.source, place)]));
  // Plain data, whatever a schema makes of it: an entry is compared, digested and written down.
  const plain: Json = JSON.parse(JSON.stringify(value));
  const at = positionAt(part.source, offset);
  const lines = linesAt(part.source, [at, ...Object.values(positions)]);
  const entry = { guardrail: name, params: plain, at, positions, lines };
  return { draft: { ...draft, entry }, problems };
}

export function unknownGuardrail(name: string, guardrails: readonly Guardrail[]) {
  const known = guardrails.map((guardrail) => guardrail.name);
  return { code: 'unknown-guardrail', message: `unknown guardrail ${quote(name)}`, ...suggest(name, known) } as const;
}

function isObject(data: Json | undefined): data is { readonly [key: string]: Json } {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
