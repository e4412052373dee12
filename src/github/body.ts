/** How much does an answer weigh? Whoever answers decides that, so it is counted on the way in. */
import { TrueupError } from '../model/problem.ts';

/** Of an answer that is no file. */
const MOST_BYTES = 64 * 1024 * 1024;

/** @throws TrueupError `github-too-large` */
export async function bytesOf({ body }: Response, request: string, most = MOST_BYTES): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > most) throw tooLarge(request, most);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(request: string, most: number): TrueupError {
  return new TrueupError({
    code: 'github-too-large',
    message: `${request} has more than ${most} bytes`,
    advice: 'govern fewer accounts at once with --only, or split the state',
  });
}
