/** `trueup schema`: the JSON Schema of the state, for editors. */
import { guardrails } from '../guardrails/index.ts';
import { stateJsonSchema } from '../state/schema.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';

export async function schema(io: Pick<Io, 'result'>): Promise<ExitCode> {
  io.result(JSON.stringify(stateJsonSchema(guardrails), null, 2));
  return EXIT.done;
}
