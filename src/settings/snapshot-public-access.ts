/**
 * Snapshot block public access: may EBS snapshots in this region be shared with everybody?
 * `block-all-sharing` also hides snapshots that are public already; they are public again once it is relaxed.
 * https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html
 */
import {
  DisableSnapshotBlockPublicAccessCommand,
  EnableSnapshotBlockPublicAccessCommand,
  GetSnapshotBlockPublicAccessStateCommand,
  type SnapshotBlockPublicAccessState,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { operation } from '../model/operation.ts';
import { changed, step } from '../model/resource.ts';
import { defineSetting } from '../model/setting.ts';
import { managedByPolicy } from './declarative-policy.ts';
import { reported } from './reported.ts';

const get = operation('ec2:GetSnapshotBlockPublicAccessState', GetSnapshotBlockPublicAccessStateCommand);
const enable = operation('ec2:EnableSnapshotBlockPublicAccess', EnableSnapshotBlockPublicAccessCommand);
const disable = operation('ec2:DisableSnapshotBlockPublicAccess', DisableSnapshotBlockPublicAccessCommand);

/** From loose to tight. */
const STATES = ['unblocked', 'block-new-sharing', 'block-all-sharing'] as const;

const schema = z.strictObject({
  state: z.enum(STATES).describe('`block-all-sharing` also hides what is public already'),
});

export const snapshotPublicAccess = defineSetting<
  { readonly state: SnapshotBlockPublicAccessState },
  z.infer<typeof schema>
>({
  name: 'snapshot-public-access',
  summary: 'EBS snapshots cannot be shared publicly: none at all, or no more than are already.',
  scope: 'region',
  schema,
  reads: [get],
  writes: [enable, disable],
  undo: 'the state returns; snapshots that were public before `block-all-sharing` are public again.',

  async observe(aws) {
    const { State, ManagedBy } = await aws.send(get({}));
    return { value: { state: reported(State, get) }, ...managedByPolicy(ManagedBy) };
  },

  transition(from, to) {
    if (from.state === to.state) return [];
    const effect = STATES.indexOf(to.state) > STATES.indexOf(from.state) ? 'tightens' : 'loosens';
    const call = to.state === 'unblocked' ? disable({}) : enable({ State: to.state });
    return [step(call, changed('state', from, to, effect))];
  },
});
