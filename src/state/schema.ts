/** The state as JSON Schema, so that editors complete and check it while it is written. */
import { z } from 'zod';
import type { Guardrail } from '../model/guardrail.ts';
import type { JsonObject } from '../model/json.ts';
import { exceptions, fleet, policy, ranges } from './schemas.ts';

/** What a file may contain: each of its documents is one of the four kinds. Checks across documents are the loader's. */
export function stateJsonSchema(guardrails: readonly Guardrail[]): JsonObject {
  const params = Object.fromEntries(
    guardrails.map(({ name, summary, schema }) => [name, schema.describe(summary).optional()]),
  );
  const withParams = policy.extend({ guardrails: z.strictObject(params) });
  const documents = z.discriminatedUnion('kind', [fleet, ranges, withParams, exceptions]);
  return JSON.parse(JSON.stringify(z.toJSONSchema(documents, { io: 'input', unrepresentable: 'any' })));
}
