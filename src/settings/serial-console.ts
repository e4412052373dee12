/**
 * The serial console: may people of this account reach the serial port of instances in this region?
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-access-to-serial-console.html
 */
import {
  DisableSerialConsoleAccessCommand,
  EnableSerialConsoleAccessCommand,
  GetSerialConsoleAccessStatusCommand,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { operation } from '../model/operation.ts';
import { changed, step } from '../model/resource.ts';
import { defineSetting } from '../model/setting.ts';
import { managedByPolicy } from './declarative-policy.ts';
import { reported } from './reported.ts';

const get = operation('ec2:GetSerialConsoleAccessStatus', GetSerialConsoleAccessStatusCommand);
const enable = operation('ec2:EnableSerialConsoleAccess', EnableSerialConsoleAccessCommand);
const disable = operation('ec2:DisableSerialConsoleAccess', DisableSerialConsoleAccessCommand);

const schema = z.strictObject({
  enabled: z.boolean().describe('who may use it, IAM decides (`ec2-instance-connect:SendSerialConsoleSSHPublicKey`)'),
});

export const serialConsole = defineSetting<{ readonly enabled: boolean }, z.infer<typeof schema>>({
  name: 'serial-console',
  summary: 'The EC2 serial console is closed, or open, for the whole account in a region.',
  scope: 'region',
  schema,
  reads: [get],
  writes: [enable, disable],

  async observe(aws) {
    const { SerialConsoleAccessEnabled: enabled, ManagedBy } = await aws.send(get({}));
    return { value: { enabled: reported(enabled, get) }, ...managedByPolicy(ManagedBy) };
  },

  transition(from, to) {
    if (from.enabled === to.enabled) return [];
    return to.enabled
      ? [step(enable({}), changed('enabled', from, to, 'loosens'))]
      : [step(disable({}), changed('enabled', from, to, 'tightens'))];
  },
});
