/** What Security Hub answers about controls: which there are, where they are on, and what is set on them. */
import type {
  ParameterConfiguration,
  SecurityControl,
  SecurityControlDefinition,
  StandardsControlAssociationDetail,
} from '@aws-sdk/client-securityhub';
import type { Aws } from '../../model/aws.ts';
import { TrueupError } from '../../model/problem.ts';
import { type EnabledStandard, isOfAws } from '../../settings/security-hub/hub.ts';
import { getAssociations, getControls, inPortions, isInvalidInput, listDefinitions, portionsOf } from './operations.ts';

export type Definitions = ReadonlyMap<string, SecurityControlDefinition>;

/** Of AWS's controls, all or those of one standard; what the region lacks is among them. */
export async function readDefinitions(aws: Aws, StandardsArn?: string): Promise<Definitions> {
  const definitions = new Map<string, SecurityControlDefinition>();
  const call = listDefinitions({ ...(StandardsArn && { StandardsArn }), Providers: ['AWS'], MaxResults: 100 });
  for await (const page of aws.pages(call)) {
    for (const one of page.SecurityControlDefinitions ?? [])
      if (one.SecurityControlId && isOfAws(one)) definitions.set(one.SecurityControlId, one);
  }
  return definitions;
}

/** Where controls are on or off. A control that a standard does not have is not in the answer. */
export async function readAssociations(
  aws: Aws,
  ids: readonly string[],
  standards: readonly EnabledStandard[],
): Promise<StandardsControlAssociationDetail[]> {
  const pairs = ids.flatMap((SecurityControlId) =>
    standards.map(({ arn }) => ({ SecurityControlId, StandardsArn: arn })),
  );
  const found = await askAtOnce(aws, pairs);
  if (found) return found;
  return inPortions(aws, await existing(aws, pairs, standards), async (some) => {
    const { details, gaps } = await ask(aws, some);
    refuseGaps(gaps, getAssociations.id);
    return details;
  });
}

type Pair = { readonly SecurityControlId: string; readonly StandardsArn: string };

async function ask(aws: Aws, some: readonly Pair[]) {
  const answer = await aws.send(getAssociations({ StandardsControlAssociationIds: [...some] }));
  const { StandardsControlAssociationDetails: details = [], UnprocessedAssociations: gaps = [] } = answer;
  return { details, gaps };
}

/**
 * For all pairs, whether the standard has the control or not: that is the fewest calls. How a pair that does not exist is
 * answered is not documented, nor how many one call may name: what is invalid in any way is to be asked for otherwise.
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchGetStandardsControlAssociations.html
 *
 * @returns undefined where something was.
 */
async function askAtOnce(aws: Aws, pairs: readonly Pair[]): Promise<StandardsControlAssociationDetail[] | undefined> {
  const found: StandardsControlAssociationDetail[] = [];
  try {
    for (const some of portionsOf(aws, pairs)) {
      const { details, gaps } = await ask(aws, some);
      if (gaps.some(({ ErrorCode }) => ErrorCode === 'INVALID_INPUT')) return undefined;
      refuseGaps(gaps, getAssociations.id);
      found.push(...details);
    }
    return found;
  } catch (error) {
    if (isInvalidInput(error)) return undefined;
    throw error;
  }
}

/** Those of a control with a standard that has it. */
async function existing(
  aws: Aws,
  pairs: readonly Pair[],
  standards: readonly EnabledStandard[],
): Promise<readonly Pair[]> {
  const lists = await Promise.all(standards.map(async ({ arn }) => [arn, await readDefinitions(aws, arn)] as const));
  const members = new Map(lists);
  return pairs.filter(({ SecurityControlId, StandardsArn }) => members.get(StandardsArn)?.has(SecurityControlId));
}

/** Controls with what is set on them. One that the region lacks is not in the answer. */
export async function readControls(aws: Aws, ids: readonly string[]): Promise<SecurityControl[]> {
  return inPortions(aws, ids, async (SecurityControlIds) => {
    const answer = await aws.send(getControls({ SecurityControlIds }));
    refuseGaps(answer.UnprocessedIds ?? [], getControls.id);
    return answer.SecurityControls ?? [];
  });
}

/** What is not there is an answer; what could not be told is none, and must not look as if it were not there. */
function refuseGaps(unprocessed: readonly { readonly ErrorCode?: string | undefined }[], operation: string): void {
  const gap = unprocessed.find(({ ErrorCode = '' }) => !['NOT_FOUND', 'RESOURCE_NOT_FOUND'].includes(ErrorCode));
  if (!gap) return;
  throw new TrueupError({
    code: 'answer-incomplete',
    message: `${operation} left out some of what it was asked for (${gap.ErrorCode})`,
    advice: 'run again; if it stays, others in the account may be using up its limits',
  });
}

/** Those that somebody has set, as the API writes them: `{ Integer: 14 }`. */
export function customParameters(control: SecurityControl | undefined): readonly (readonly [string, object])[] {
  return Object.entries<ParameterConfiguration>(control?.Parameters ?? {}).flatMap(([name, { ValueType, Value }]) =>
    ValueType === 'CUSTOM' && Value ? [[name, Value] as const] : [],
  );
}
