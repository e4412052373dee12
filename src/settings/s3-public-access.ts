/**
 * S3 block public access: which ways of making buckets and objects public are closed for the whole account?
 * One value per account, the same in every region. An account without a configuration is `{}`: all ways are open.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  type PublicAccessBlockConfiguration,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3-control';
import { z } from 'zod';
import { operation } from '../model/operation.ts';
import { changed, type Effect, step } from '../model/resource.ts';
import { defineSetting } from '../model/setting.ts';

// IAM calls the account's block by other names than the API, and deleting it is putting it.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_DeletePublicAccessBlock.html
const mayGet = { permissions: [{ action: 's3:GetAccountPublicAccessBlock' }] };
const mayPut = { permissions: [{ action: 's3:PutAccountPublicAccessBlock' }] };
const get = operation('s3-control:GetPublicAccessBlock', GetPublicAccessBlockCommand, mayGet);
const put = operation('s3-control:PutPublicAccessBlock', PutPublicAccessBlockCommand, mayPut);
const remove = operation('s3-control:DeletePublicAccessBlock', DeletePublicAccessBlockCommand, mayPut);

const FIELDS = ['blockPublicAcls', 'ignorePublicAcls', 'blockPublicPolicy', 'restrictPublicBuckets'] as const;
type Field = (typeof FIELDS)[number];
type Block = { readonly [field in Field]?: boolean };

/** What S3 does where nothing is configured. */
const OPEN: Required<Block> = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
};

const flag = (meaning: string) => z.boolean().describe(meaning).exactOptional();
const schema = z
  .strictObject({
    blockPublicAcls: flag('no new public ACLs'),
    ignorePublicAcls: flag('ACLs that are public count as private'),
    blockPublicPolicy: flag('no new public bucket policies'),
    restrictPublicBuckets: flag('buckets with a public policy answer only to the account and to AWS services'),
  })
  .refine((fields) => Object.keys(fields).length > 0, {
    error: 'names no field, so there is nothing to keep: write at least one, e.g. "blockPublicPolicy: true"',
  });

/** The calls name the account, which only a read knows. */
const ACCOUNT = { AccountId: 'account' };

export const s3PublicAccess = defineSetting<Block & { readonly [field: string]: boolean }, z.infer<typeof schema>>({
  name: 's3-public-access',
  summary: 'Buckets and objects of the account cannot be made public; fields left out keep their value.',
  scope: 'global',
  schema,
  reads: [get],
  writes: [put, remove],
  // CloudTrail calls them otherwise than the API does: they are about the account.
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
  trail: { events: ['PutAccountPublicAccessBlock', 'DeleteAccountPublicAccessBlock'] },

  async observe(aws) {
    const handles = { account: aws.account };
    try {
      const { PublicAccessBlockConfiguration: block } = await aws.send(get({ AccountId: aws.account }));
      return { value: block ? fromS3(block) : {}, handles };
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchPublicAccessBlockConfiguration')
        return { value: {}, handles };
      throw error;
    }
  },

  nothing: OPEN,
  desire: (observed, written) => ({ ...OPEN, ...observed, ...written }),

  transition(from, to) {
    const changes = FIELDS.filter((field) => from[field] !== to[field]).map((field) =>
      changed(field, from, to, effect(from[field] ?? false, to[field] ?? false)),
    );
    if (changes.length === 0) return [];
    const isThere = FIELDS.some((field) => to[field] !== undefined);
    return [
      step(
        isThere
          ? put({ AccountId: undefined, PublicAccessBlockConfiguration: toS3(to) }, ACCOUNT)
          : remove({ AccountId: undefined }, ACCOUNT),
        ...changes,
      ),
    ];
  },
});

function effect(from: boolean, to: boolean): Effect {
  return from === to ? 'neutral' : to ? 'tightens' : 'loosens';
}

function fromS3(block: PublicAccessBlockConfiguration): Required<Block> {
  return {
    blockPublicAcls: block.BlockPublicAcls ?? false,
    ignorePublicAcls: block.IgnorePublicAcls ?? false,
    blockPublicPolicy: block.BlockPublicPolicy ?? false,
    restrictPublicBuckets: block.RestrictPublicBuckets ?? false,
  };
}

function toS3(block: Block): PublicAccessBlockConfiguration {
  return {
    BlockPublicAcls: block.blockPublicAcls ?? false,
    IgnorePublicAcls: block.ignorePublicAcls ?? false,
    BlockPublicPolicy: block.blockPublicPolicy ?? false,
    RestrictPublicBuckets: block.restrictPublicBuckets ?? false,
  };
}
