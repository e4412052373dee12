/** The cases of Security Hub, switched on first where a case is about what is in it. */
import {
  BatchEnableStandardsCommand,
  BatchUpdateStandardsControlAssociationsCommand,
  EnableSecurityHubCommand,
  SecurityHubClient,
  UpdateSecurityControlCommand,
} from '@aws-sdk/client-securityhub';
import type { Administrator } from '../support/worlds.ts';
import { REGION } from '../support/worlds.ts';
import type { ContractCase } from './contract.ts';

const FSBP = `arn:aws:securityhub:${REGION}::standards/aws-foundational-security-best-practices/v/1.0.0`;
const NIST = `arn:aws:securityhub:${REGION}::standards/nist-800-53/v/5.0.0`;

export const SECURITY_HUB_CASES: { readonly [guardrail: string]: readonly ContractCase[] } = {
  'security-hub': [
    {
      title: 'switched on with standards',
      guardrails:
        '  security-hub: { standards: [fsbp, nist-800-53], autoEnableControls: false, consolidatedFindings: false }',
      changes: 1,
    },
    {
      title: 'switched on with the default standards',
      guardrails: '  security-hub: { defaultStandards: true }',
      changes: 1,
    },
    {
      title: 'other standards, and none besides',
      guardrails: '  security-hub: { standards: [nist-800-53], otherStandards: disabled, autoEnableControls: false }',
      arrange: switchOn,
      changes: 1,
    },
    { title: 'switched off', guardrails: '  security-hub: { enabled: false }', arrange: switchOn, changes: 1 },
  ],
  'security-hub-controls': [
    {
      title: 'off and on, in all standards and in one',
      guardrails: `  security-hub-controls:
    disabled: { IAM.6: in the identity provider, EC2.19: reported by another tool, CloudFront.1: not here }
    enabled: [S3.1]
    standards: { cis-1.2: { disabled: { S3.2: covered elsewhere }, enabled: [IAM.6] } }
    parameters: { IAM.7: { MinimumPasswordLength: 14, RequireSymbols: default } }`,
      arrange: withChoices,
      changes: 5,
    },
    {
      title: 'all of a service in this region',
      guardrails: '  security-hub-controls: { onlyIn: { eu-west-1: [EC2.*, S3.1] } }',
      arrange: withChoices,
      changes: 2,
    },
    {
      title: 'all others on',
      guardrails: '  security-hub-controls: { otherControls: enabled }',
      arrange: withChoices,
      changes: 2,
    },
  ],
};

async function switchOn(administrator: Administrator): Promise<void> {
  await new SecurityHubClient(administrator).send(new EnableSecurityHubCommand({}));
}

/** Three standards, with what somebody has chosen in them by hand. */
async function withChoices(administrator: Administrator): Promise<void> {
  await switchOn(administrator);
  const hub = new SecurityHubClient(administrator);
  await hub.send(new BatchEnableStandardsCommand({ StandardsSubscriptionRequests: [{ StandardsArn: NIST }] }));
  const off = (SecurityControlId: string, StandardsArn: string, UpdatedReason?: string) => ({
    ...{ SecurityControlId, StandardsArn, AssociationStatus: 'DISABLED' as const },
    ...(UpdatedReason && { UpdatedReason }),
  });
  await hub.send(
    new BatchUpdateStandardsControlAssociationsCommand({
      StandardsControlAssociationUpdates: [
        off('S3.1', FSBP, 'since 2024'),
        off('S3.1', NIST),
        off('EC2.19', NIST, 'why not'),
      ],
    }),
  );
  await hub.send(
    new UpdateSecurityControlCommand({
      SecurityControlId: 'IAM.7',
      Parameters: { RequireSymbols: { ValueType: 'CUSTOM', Value: { Boolean: false } } },
    }),
  );
}
