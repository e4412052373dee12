/** Is Security Hub on, and which standards are on in it? Asked by everything that has to do with it. */
import { GetEnabledStandardsCommand, type StandardsSubscription } from '@aws-sdk/client-securityhub';
import type { Aws } from '../../model/aws.ts';
import { operation } from '../../model/operation.ts';
import { standardOf } from './standards.ts';

// No resource is named: the Service Authorization Reference knows a hub, and the user guide says that policies can name
// none. There is one hub in an account and region, so that both bound the same.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityhub.html
// https://docs.aws.amazon.com/securityhub/latest/userguide/security_iam_service-with-iam.html
export const getEnabledStandards = operation('securityhub:GetEnabledStandards', GetEnabledStandardsCommand);

export type EnabledStandard = {
  readonly standard: string;
  readonly arn: string;
  readonly subscription: string;
  /** Whether its controls can be read and changed. */
  readonly ready: boolean;
  /** On its way out. */
  readonly leaving: boolean;
};

/**
 * Only those of AWS: Security Hub also checks Azure, whose controls are not an account's own.
 *
 * @returns undefined where Security Hub is not switched on.
 */
export async function readStandards(aws: Aws): Promise<readonly EnabledStandard[] | undefined> {
  const standards: EnabledStandard[] = [];
  try {
    for await (const page of aws.pages(getEnabledStandards({ Providers: ['AWS'], MaxResults: 100 }))) {
      for (const one of page.StandardsSubscriptions ?? []) if (isOfAws(one)) standards.push(describe(one));
    }
  } catch (error) {
    if (isNotEnabled(error)) return undefined;
    throw error;
  }
  return standards.sort((a, b) => (a.standard < b.standard ? -1 : 1));
}

/**
 * The same name is given to an account that may not call at all, and the status is that of bad credentials: only the
 * message tells them apart. https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html
 */
export function isNotEnabled(error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidAccessException' && /not subscribed/i.test(error.message);
}

export function isOfAws({ Provider }: { readonly Provider?: string | undefined }): boolean {
  return Provider === undefined || Provider === 'AWS';
}

function describe(one: StandardsSubscription): EnabledStandard {
  const arn = one.StandardsArn ?? '';
  return {
    standard: standardOf(arn),
    arn,
    subscription: one.StandardsSubscriptionArn ?? '',
    ready: one.StandardsControlsUpdatable !== 'NOT_READY_FOR_UPDATES',
    leaving: one.StandardsStatus === 'DELETING',
  };
}
