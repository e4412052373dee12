/** Is a file a part, as this version writes them? Only what is relied upon is looked at; digests are checked elsewhere. */
import { z } from 'zod';
import { inventoryShape, planShape } from '../../files.ts';
import type { Part } from './part.ts';

const text = z.string();
const reason = z.looseObject({ code: text }).and(z.looseObject({ message: text }));
const share = z.object({ index: z.int().min(1), of: z.int().min(1) });
const common = {
  format: z.literal('trueup-part/1'),
  origin: z.object({
    repository: z.number(),
    run: z.number(),
    commit: text,
    head: text,
    tree: text,
    state: text,
    slug: text,
  }),
};
const accounts = { listed: inventoryShape, since: text.exactOptional() };
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const results = z.enum(['applied', 'held', 'moved', 'interrupted', 'failed']);

const shapes = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('accounts'), ...accounts }),
  z.object({
    ...common,
    kind: z.literal('plan'),
    share,
    list: text,
    plan: planShape,
    drifting: digest.array().exactOptional(),
  }),
  z.object({
    ...common,
    kind: z.literal('order'),
    ...accounts,
    shares: text.array(),
    accounts: text.array(),
    digests: digest.array(),
    approvals: z.object({ pulls: z.looseObject({ pull: z.looseObject({ number: z.int() }) }).array() }),
    plan: planShape,
    refusal: reason.exactOptional(),
  }),
  z.object({
    ...common,
    kind: z.literal('applied'),
    share,
    order: text,
    done: z
      .object({
        plan: planShape,
        begun: z.looseObject({ digest: text }).array(),
        outcomes: z.object({ digest, result: results, reason: reason.exactOptional() }).array(),
      })
      .exactOptional(),
  }),
  z.object({ ...common, kind: z.literal('failed'), share: share.exactOptional(), reason }),
]);

/** `undefined`: not a part, or of another version. */
export function parsePart(json: string): Part | undefined {
  try {
    const content: unknown = JSON.parse(json);
    return shapes.safeParse(content).success ? (content as Part) : undefined;
  } catch {
    return undefined;
  }
}
