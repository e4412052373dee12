/** What one case of a contract looks like on one AWS, in words that two of them can be compared by. */
import type { Json, JsonObject } from '../../src/model/json.ts';
import { observe } from '../../src/reconcile.ts';
import { type ContractCase, planNow, values } from '../contract/contract.ts';
import { applyCells, changing, undoPlan } from '../support/apply.ts';
import { policyYaml, type WorldKind } from '../support/worlds.ts';

/** Values before, the plan, its outcome, values after, and values after the way back. */
export async function transcribe(kind: WorldKind, { guardrails, arrange }: ContractCase): Promise<JsonObject> {
  const world = await kind.start();
  try {
    await arrange?.(world.administrator);
    const run = await world.open(policyYaml(guardrails));
    const before = values(await observe(run));
    const plan = await planNow(run);
    const applied = await applyCells(run, changing(plan), world);
    const after = values(await observe(run));
    const back = await undoPlan(run, applied);
    await applyCells(run, changing(back), world);
    const record = {
      before,
      plan: plan.cells.map(({ address, outcome, steps, lost }) => ({
        at: `${address.region}/${address.resource}/${address.id}`,
        outcome,
        calls: steps.map(({ call: { operation, input, handles = {} } }) => ({
          operation,
          input,
          // A list of ids is a set: where one more is at its head, the others are no different.
          handles: Object.fromEntries(Object.values(handles).map((name) => [name, 'handle'])),
        })),
        lost,
      })),
      results: applied.outcomes.map(({ result }) => result),
      after,
      undone: values(await observe(run)),
    };
    return withoutIds(JSON.stringify(record));
  } finally {
    await world.close();
  }
}

/** Ids differ between any two worlds: each is replaced by its kind and the place at which it is first met. */
function withoutIds(text: string): JsonObject {
  const names = new Map<string, string>();
  const plain = text.replace(/\b(vpc|sgr|sg|pl|eni)-[0-9a-f]{8,17}\b/g, (id, kind: string) => {
    const name =
      names.get(id) ?? `${kind}-#${[...names.keys()].filter((one) => one.startsWith(`${kind}-`)).length + 1}`;
    names.set(id, name);
    return name;
  });
  return JSON.parse(plain) as JsonObject;
}

/** Every leaf in which the two disagree, as `path: here | there`. */
export function differencesBetween(here: Json | undefined, there: Json | undefined, path = ''): string[] {
  if (isTree(here) && isTree(there)) {
    const keys = [...new Set([...Object.keys(here), ...Object.keys(there)])].sort();
    return keys.flatMap((key) => differencesBetween(here[key], there[key], path ? `${path} ▸ ${key}` : key));
  }
  const [one, other] = [JSON.stringify(here) ?? 'absent', JSON.stringify(there) ?? 'absent'];
  return one === other ? [] : [`${path}: ${one} | ${other}`];
}

function isTree(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object';
}
