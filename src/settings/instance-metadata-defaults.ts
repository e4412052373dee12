/**
 * Instance metadata defaults: what do new instances in this region get for their metadata service?
 * A field without a preference is absent; what an instance gets then, its image and its launch decide.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
 */
import {
  GetInstanceMetadataDefaultsCommand,
  ModifyInstanceMetadataDefaultsCommand,
  type ModifyInstanceMetadataDefaultsCommandInput,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { operation } from '../model/operation.ts';
import { type Change, changed, type Effect, step } from '../model/resource.ts';
import { defineSetting } from '../model/setting.ts';
import { managedByPolicy } from './declarative-policy.ts';

const get = operation('ec2:GetInstanceMetadataDefaults', GetInstanceMetadataDefaultsCommand);
const modify = operation('ec2:ModifyInstanceMetadataDefaults', ModifyInstanceMetadataDefaultsCommand);

const NO_PREFERENCE = 'no-preference';

type Defaults = {
  readonly httpTokens?: string;
  readonly httpTokensEnforced?: string;
  readonly hopLimit?: number;
  readonly httpEndpoint?: string;
  readonly instanceMetadataTags?: string;
};
type Field = keyof Defaults;
const FIELDS = ['httpTokens', 'httpTokensEnforced', 'hopLimit', 'httpEndpoint', 'instanceMetadataTags'] as const;

const toggle = z.enum(['enabled', 'disabled', NO_PREFERENCE]);
const schema = z
  .strictObject({
    httpTokens: z
      .enum(['required', 'optional', NO_PREFERENCE])
      .describe('`required`: only IMDSv2 answers')
      .exactOptional(),
    httpTokensEnforced: toggle.describe('refuse launches that ask for anything else').exactOptional(),
    hopLimit: z
      .int()
      .min(1)
      .max(64)
      .or(z.literal(NO_PREFERENCE))
      .describe('how far answers travel; containers need 2')
      .exactOptional(),
    httpEndpoint: toggle.describe('whether there is a metadata service at all').exactOptional(),
    instanceMetadataTags: toggle.describe("whether it tells the instance's tags").exactOptional(),
  })
  .refine((fields) => Object.keys(fields).length > 0, {
    error: 'names no field, so there is nothing to keep: write at least one, e.g. "httpTokens: required"',
  })
  .refine(({ httpTokens, httpTokensEnforced }) => httpTokensEnforced !== 'enabled' || httpTokens === 'required', {
    path: ['httpTokensEnforced'],
    error: 'refuses every launch without tokens: write "httpTokens: required" beside it, so that the default passes',
  });

export const instanceMetadataDefaults = defineSetting<Defaults, z.infer<typeof schema>>({
  name: 'instance-metadata-defaults',
  summary: 'New instances get these defaults for their metadata service (IMDSv2); fields left out keep their value.',
  scope: 'region',
  schema,
  reads: [get],
  writes: [modify],
  undo: 'every field returns, cleared ones to no preference; instances launched meanwhile keep what they got.',

  async observe(aws) {
    const { AccountLevel = {} } = await aws.send(get({}));
    const value: { readonly [field in Field]: Defaults[field] | undefined } = {
      httpTokens: AccountLevel.HttpTokens,
      httpTokensEnforced: AccountLevel.HttpTokensEnforced,
      hopLimit: AccountLevel.HttpPutResponseHopLimit,
      httpEndpoint: AccountLevel.HttpEndpoint,
      instanceMetadataTags: AccountLevel.InstanceMetadataTags,
    };
    return {
      value: preferred(value),
      ...managedByPolicy(AccountLevel.ManagedBy, AccountLevel.ManagedExceptionMessage),
    };
  },

  desire: (observed, written) => preferred({ ...observed, ...written }),

  transition(from, to) {
    const changes = FIELDS.filter((field) => from[field] !== to[field]).map((field) => describe(field, from, to));
    return changes.length > 0 ? [step(modify(toEc2(to)), ...changes)] : [];
  },
});

function preferred(fields: { readonly [field in Field]?: string | number | undefined }): Defaults {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== NO_PREFERENCE && value !== -1),
  );
}

/** All fields, so that it does not matter what EC2 does with one that is left out. */
function toEc2(to: Defaults): ModifyInstanceMetadataDefaultsCommandInput {
  const fields = {
    HttpTokens: to.httpTokens ?? NO_PREFERENCE,
    HttpTokensEnforced: to.httpTokensEnforced ?? NO_PREFERENCE,
    HttpPutResponseHopLimit: to.hopLimit ?? -1,
    HttpEndpoint: to.httpEndpoint ?? NO_PREFERENCE,
    InstanceMetadataTags: to.instanceMetadataTags ?? NO_PREFERENCE,
  };
  // What was read is sent back as it was read, also where the SDK does not know the value.
  return fields as ModifyInstanceMetadataDefaultsCommandInput;
}

function describe(field: Field, from: Defaults, to: Defaults): Change {
  return changed<Defaults & { readonly [other: string]: string | number }>(
    field,
    from as never,
    to as never,
    effect(field, from, to),
  );
}

/** The values that protect. Between the others, and where nothing is preferred, it depends on image and launch. */
const TIGHT: { readonly [field in Field]?: string } = {
  httpTokens: 'required',
  httpTokensEnforced: 'enabled',
  httpEndpoint: 'disabled',
};

function effect(field: Field, from: Defaults, to: Defaults): Effect {
  if (field === 'hopLimit') return hops(from.hopLimit, to.hopLimit);
  if (to[field] === TIGHT[field] && to[field] !== undefined) return 'tightens';
  return from[field] !== undefined && from[field] === TIGHT[field] ? 'loosens' : 'neutral';
}

/** Each hop more reaches further: containers on the instance, then whatever it forwards for. */
function hops(from: number | undefined, to: number | undefined): Effect {
  if (from === undefined || to === undefined || from === to) return 'neutral';
  return to < from ? 'tightens' : 'loosens';
}
