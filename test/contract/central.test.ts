/** The same laws where the change is made in one account and felt in all: a configuration policy of Security Hub. */
import { openCentral } from '../support/central.ts';
import type { WorldKind } from '../support/worlds.ts';
import { contract } from './contract.ts';

/** Every account of the organisation shares one policy, the administrator and the management account among them. */
const centralWorld: WorldKind = {
  name: 'an organisation configured centrally',
  async start() {
    const desk = await openCentral(
      'disabled: [S3.2, EC2.3], parameters: { IAM.7: { MinimumPasswordLength: { Integer: 9 } } }, targets: [root]',
    );
    return {
      ...desk.world,
      open: (policies) =>
        desk.open('', {
          policies,
          fleet: (yaml) => yaml.replace('---', 'include: [all, "100000000001"]\n---'),
        }),
      close: desk.close,
    };
  },
};

contract(centralWorld, 'security-hub-controls', [
  {
    title: 'off, on, and with other parameters',
    guardrails: `  security-hub-controls:
    disabled: { S3.4: not used, EC2.19: reported by another tool }
    enabled: [S3.2]
    parameters: { IAM.7: { MinimumPasswordLength: 14 } }`,
    changes: 1,
  },
]);

contract(centralWorld, 'security-hub', [
  {
    title: 'other standards, and none besides',
    guardrails: '  security-hub: { standards: [fsbp, pci-dss-4.0.1], otherStandards: disabled }',
    changes: 1,
  },
  { title: 'switched off', guardrails: '  security-hub: { enabled: false }', changes: 1 },
]);
