/** EC2, as far as security groups, what surrounds them, and the account's settings. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/ */
import type { Service } from '../../service.ts';
import { ec2Protocol } from '../../wire/ec2-protocol.ts';
import { changeActions } from './change-rules.ts';
import { encryptionActions } from './encryption.ts';
import { groupActions } from './groups.ts';
import { interfaceActions } from './interfaces.ts';
import { prefixListActions } from './prefix-lists.ts';
import { referenceActions } from './references.ts';
import { ruleActions } from './rules.ts';
import { settingsActions } from './settings.ts';
import { tagActions } from './tags.ts';
import { vpcActions } from './vpcs.ts';

export const ec2: Service = {
  name: 'ec2',
  protocol: ec2Protocol,
  regional: true,
  dryRun: true,
  actions: {
    ...vpcActions,
    ...groupActions,
    ...ruleActions,
    ...changeActions,
    ...tagActions,
    ...interfaceActions,
    ...prefixListActions,
    ...referenceActions,
    ...encryptionActions,
    ...settingsActions,
  },
};
