/** What is asked of Security Hub about controls, and how calls for several of them become one. */
import {
  BatchGetSecurityControlsCommand,
  BatchGetStandardsControlAssociationsCommand,
  BatchUpdateStandardsControlAssociationsCommand,
  ListSecurityControlDefinitionsCommand,
  type BatchUpdateStandardsControlAssociationsCommandInput as UpdateInput,
  type BatchUpdateStandardsControlAssociationsCommandOutput as UpdateOutput,
  UpdateSecurityControlCommand,
} from '@aws-sdk/client-securityhub';
import { type Aws, ITEMS_PER_CALL } from '../../model/aws.ts';
import { operation, type Refused } from '../../model/operation.ts';
import { standardOf } from '../../settings/security-hub/standards.ts';

// IAM knows no resource and no condition for any of these: they are bounded by account and region alone.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityhub.html
export const listDefinitions = operation(
  'securityhub:ListSecurityControlDefinitions',
  ListSecurityControlDefinitionsCommand,
);
export const getAssociations = operation(
  'securityhub:BatchGetStandardsControlAssociations',
  BatchGetStandardsControlAssociationsCommand,
);
export const getControls = operation('securityhub:BatchGetSecurityControls', BatchGetSecurityControlsCommand);
export const updateControl = operation('securityhub:UpdateSecurityControl', UpdateSecurityControlCommand);

export const updateAssociations = operation(
  'securityhub:BatchUpdateStandardsControlAssociations',
  BatchUpdateStandardsControlAssociationsCommand,
  {
    coalesce: {
      count: (input: UpdateInput) => updatesOf(input).length,
      join: (inputs: readonly UpdateInput[]): UpdateInput => ({
        StandardsControlAssociationUpdates: inputs.flatMap(updatesOf),
      }),
      refused,
      splitOn: ['InvalidInputException'],
    },
  },
);

type Update = NonNullable<UpdateInput['StandardsControlAssociationUpdates']>[number];

function updatesOf({ StandardsControlAssociationUpdates }: UpdateInput): Update[] {
  return StandardsControlAssociationUpdates ?? [];
}

/** The call succeeds although single updates were not carried out. */
function refused({ UnprocessedAssociationUpdates = [] }: UpdateOutput, input: UpdateInput): Refused | undefined {
  const mine = new Set(updatesOf(input).map(nameOf));
  const unprocessed = UnprocessedAssociationUpdates.filter(({ StandardsControlAssociationUpdate: update }) =>
    update ? mine.has(nameOf(update)) : true,
  );
  const [first] = unprocessed;
  if (!first) return undefined;
  const standards = unprocessed.map(({ StandardsControlAssociationUpdate: update }) =>
    standardOf(update?.StandardsArn ?? ''),
  );
  const why = first.ErrorReason ? `: ${first.ErrorReason}` : '';
  return { name: first.ErrorCode ?? 'UNPROCESSED', message: `left unprocessed in ${standards.join(', ')}${why}` };
}

function nameOf({ SecurityControlId, StandardsArn }: Update): string {
  return `${SecurityControlId} ${StandardsArn}`;
}

/**
 * Batch calls state no limit, so what is refused for its size is asked for in halves.
 *
 * @param send answers for some of the items
 */
export async function inPortions<Item, Result>(
  aws: Aws,
  items: readonly Item[],
  send: (some: Item[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const some of portionsOf(aws, items)) results.push(...(await halving(some, send)));
  return results;
}

/** As many items in each as one call may carry. */
export function portionsOf<Item>(aws: Aws, items: readonly Item[]): Item[][] {
  const most = aws.itemsPerCall ?? ITEMS_PER_CALL;
  return Array.from({ length: Math.ceil(items.length / most) }, (_, i) => items.slice(i * most, (i + 1) * most));
}

export function isInvalidInput(error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidInputException';
}

async function halving<Item, Result>(
  items: Item[],
  send: (some: Item[]) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  try {
    return await send(items);
  } catch (error) {
    if (items.length === 1 || !isInvalidInput(error)) throw error;
    const middle = Math.ceil(items.length / 2);
    return [...(await halving(items.slice(0, middle), send)), ...(await halving(items.slice(middle), send))];
  }
}
