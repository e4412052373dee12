/** Plans, snapshots and lists of accounts that were kept as files: checked when they are read back. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { StoredInventory } from '../fleet/inventory.ts';
import type { Plan } from '../model/plan.ts';
import { TrueupError } from '../model/problem.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { forged } from '../plan/digest.ts';

const stamp = z.object({
  world: z.enum(['aws', 'sandbox']),
  fleet: z.string(),
  partition: z.string(),
  caller: z.string(),
  by: z.string(),
});

export const planShape = z.object({
  format: z.literal('trueup-plan/1'),
  stamp,
  digest: z.string(),
  share: z
    .object({ index: z.int().min(1), of: z.int().min(1), basis: z.record(z.string(), z.string()) })
    .exactOptional(),
  cells: z.array(
    z.looseObject({
      address: z.looseObject({ account: z.string(), region: z.string(), resource: z.string(), id: z.string() }),
      outcome: z.enum(['change', 'held', 'unread']),
      digest: z.string(),
      steps: z.array(
        z.looseObject({ call: z.looseObject({}), changes: z.array(z.looseObject({ field: z.string() })) }),
      ),
    }),
  ),
  targets: z.array(z.looseObject({ inState: z.number(), governed: z.record(z.string(), z.number()) })),
});

const snapshotShape = z.object({
  format: z.literal('trueup-snapshot/1'),
  stamp,
  takenAt: z.string(),
  inventory: z.looseObject({ accounts: z.array(z.looseObject({ id: z.string() })) }),
  readings: z.array(
    z.looseObject({
      account: z.string(),
      region: z.string(),
      reader: z.string(),
      found: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** @throws TrueupError `file-not-read`, `not-a-plan` */
export async function readPlan(path: string): Promise<Plan> {
  return (await readShape(path, planShape, 'plan')) as Plan;
}

/**
 * A plan whose digests approve changes: what it shows must be what they stand for, or somebody would approve one thing by
 * reading another. Cells that were taken out approve less, and may be.
 *
 * @throws TrueupError `file-not-read`, `not-a-plan`, `plan-altered`
 */
export async function readReviewedPlan(path: string): Promise<Plan> {
  const plan = await readPlan(path);
  const [first, ...more] = forged(plan);
  if (!first) return plan;
  const { account, region } = first.address;
  throw new TrueupError({
    code: 'plan-altered',
    message: `${path} was altered: ${first.title} in ${account} ${region}${more.length > 0 ? ` and ${more.length} more` : ''} show something else than their digest stands for`,
    advice: 'plan again with "trueup plan --out FILE", and review that',
  });
}

/** @throws TrueupError `file-not-read`, `not-a-snapshot` */
export async function readSnapshot(path: string): Promise<Snapshot> {
  return (await readShape(path, snapshotShape, 'snapshot')) as Snapshot;
}

export const inventoryShape = z.object({
  format: z.literal('trueup-inventory/1'),
  stamp,
  takenAt: z.string(),
  question: z.object({
    fleet: z.unknown(),
    asked: z.object({ units: z.boolean(), names: z.boolean(), tags: z.boolean() }),
  }),
  inventory: z.looseObject({
    accounts: z.array(z.looseObject({ id: z.string(), regions: z.array(z.string()) })),
    skipped: z.array(z.looseObject({ id: z.string() })),
    unreachable: z.array(z.looseObject({ id: z.string() })),
  }),
});

/** @throws TrueupError `file-not-read`, `not-an-inventory` */
export async function readInventory(path: string): Promise<StoredInventory> {
  return (await readShape(path, inventoryShape, 'inventory')) as StoredInventory;
}

/** @throws TrueupError `file-not-read` */
export function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TrueupError(
      { code: 'file-not-read', message: `${path} cannot be read`, advice: 'check the path' },
      { cause },
    );
  });
}

/** The JSON itself, once the parts that are relied upon have the right shape. */
async function readShape(path: string, shape: z.ZodType, what: keyof typeof FILES): Promise<unknown> {
  const json = parse(await readText(path));
  if (shape.safeParse(json).success) return json;
  const [code, name, command] = FILES[what];
  throw new TrueupError({
    code,
    message: `${path} is not ${name} that this version of Trueup can read`,
    advice: `make a new one with "trueup ${command} --out FILE"`,
  });
}

const FILES = {
  plan: ['not-a-plan', 'a plan', 'plan'],
  snapshot: ['not-a-snapshot', 'a snapshot', 'snapshot'],
  inventory: ['not-an-inventory', 'a list of accounts', 'targets'],
} as const;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
