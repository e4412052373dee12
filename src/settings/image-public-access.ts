/**
 * Image block public access: may AMIs in this region be shared with everybody?
 * Images that are public already stay so.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html
 */
import {
  DisableImageBlockPublicAccessCommand,
  EnableImageBlockPublicAccessCommand,
  GetImageBlockPublicAccessStateCommand,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { operation } from '../model/operation.ts';
import { changed, step } from '../model/resource.ts';
import { defineSetting } from '../model/setting.ts';
import { managedByPolicy } from './declarative-policy.ts';
import { reported } from './reported.ts';

const get = operation('ec2:GetImageBlockPublicAccessState', GetImageBlockPublicAccessStateCommand);
const enable = operation('ec2:EnableImageBlockPublicAccess', EnableImageBlockPublicAccessCommand);
const disable = operation('ec2:DisableImageBlockPublicAccess', DisableImageBlockPublicAccessCommand);

const schema = z.strictObject({
  state: z.enum(['unblocked', 'block-new-sharing']).describe('images that are public already stay so'),
});

export const imagePublicAccess = defineSetting<{ readonly state: string }, z.infer<typeof schema>>({
  name: 'image-public-access',
  summary: 'AMIs cannot be newly shared with everybody.',
  scope: 'region',
  schema,
  reads: [get],
  writes: [enable, disable],
  undo: 'the state returns; images were never changed by it.',
  // "Up to 10 minutes", in both directions, in which EC2 still answers with the old state; and a margin.
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageBlockPublicAccess.html
  settlesWithinMs: 12 * 60_000,

  async observe(aws) {
    const { ImageBlockPublicAccessState: state, ManagedBy } = await aws.send(get({}));
    return { value: { state: reported(state, get) }, ...managedByPolicy(ManagedBy) };
  },

  transition(from, to) {
    if (from.state === to.state) return [];
    if (to.state === 'unblocked') return [step(disable({}), changed('state', from, to, 'loosens'))];
    const block = enable({ ImageBlockPublicAccessState: 'block-new-sharing' });
    return [step(block, changed('state', from, to, 'tightens'))];
  },
});
