/** Is what is about to be sent in the journal already? */
import type { JournalLine } from '../../src/model/journal.ts';
import { canonical, type JsonObject } from '../../src/model/json.ts';
import type { Call } from '../../src/model/operation.ts';
import { resources } from '../../src/resources/index.ts';

/** In words; empty where every part of the call has its intent, and none of these has a result yet. */
export function undeclared(call: Call, lines: readonly JournalLine[]): readonly string[] {
  const open = new Map<string, Call>();
  for (const { entry } of lines) {
    if (entry.kind !== 'intent' && entry.kind !== 'result') continue;
    const key = canonical([entry.address, entry.step]);
    if (entry.kind === 'intent') open.set(key, entry.call);
    else open.delete(key);
  }
  const inputs = [...open.values()].filter(({ operation }) => operation === call.operation).map(({ input }) => input);
  const declared = inputs.length > 1 ? joined(call.operation, inputs) : inputs;
  const said = new Set(declared.map((input) => canonical(input)));
  return said.has(canonical(call.input)) ? [] : [`${call.operation} was sent without its intent`];
}

function joined(id: string, inputs: readonly JsonObject[]): readonly JsonObject[] {
  const operation = resources.flatMap(({ writes }) => writes).find((write) => write.id === id);
  return operation?.coalesce ? [operation.coalesce.join(inputs as never) as JsonObject, ...inputs] : inputs;
}
