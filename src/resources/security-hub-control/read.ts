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
import { getAssociations, getControls, inPortions, listDefinitions } from './operations.ts';

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
  return inPortions(aws, pairs, async (StandardsControlAssociationIds) => {
    const answer = await aws.send(getAssociations({ StandardsControlAssociationIds }));
    refuseGaps(answer.UnprocessedAssociations ?? [], getAssociations.id);
    return answer.StandardsControlAssociationDetails ?? [];
  });
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
