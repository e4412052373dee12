/**
 * The IAM password policy: what must a console password look like, and how long does it live?
 * One value per account. An account without a policy is `{}`: AWS's default policy then applies, which is not the
 * same as a policy with every field at its default.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
 */
import {
  DeleteAccountPasswordPolicyCommand,
  GetAccountPasswordPolicyCommand,
  type PasswordPolicy as IamPasswordPolicy,
  UpdateAccountPasswordPolicyCommand,
  type UpdateAccountPasswordPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { z } from 'zod';
import { same } from '../model/json.ts';
import { operation } from '../model/operation.ts';
import { type Change, changed, type Effect, step } from '../model/resource.ts';
import { defineSetting } from '../model/setting.ts';

type Fields = {
  readonly minimumLength: number;
  readonly requireLowercase: boolean;
  readonly requireUppercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSymbols: boolean;
  readonly usersMayChange: boolean;
  /** Days. */
  readonly maxAge: number | 'never';
  readonly reusePrevention: number | 'none';
  readonly hardExpiry: boolean;
};
type None = { readonly [field in keyof Fields]?: never };
type PasswordPolicy = Fields | None;

const get = operation('iam:GetAccountPasswordPolicy', GetAccountPasswordPolicyCommand);
const update = operation('iam:UpdateAccountPasswordPolicy', UpdateAccountPasswordPolicyCommand);
const remove = operation('iam:DeleteAccountPasswordPolicy', DeleteAccountPasswordPolicyCommand);

/**
 * What AWS puts into every field that an update leaves out: there is no partial update.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
 */
const OMITTED: Fields = {
  minimumLength: 6,
  requireLowercase: false,
  requireUppercase: false,
  requireNumbers: false,
  requireSymbols: false,
  usersMayChange: false,
  maxAge: 'never',
  reusePrevention: 'none',
  hardExpiry: false,
};
/**
 * AWS's default policy, which applies where there is none, wants 8 characters of three kinds.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html#default-policy-details
 */
const WITHOUT_POLICY: Fields = {
  ...OMITTED,
  minimumLength: 8,
  requireLowercase: true,
  requireUppercase: true,
  requireNumbers: true,
};

const FIELDS = Object.keys(OMITTED) as (keyof Fields)[];

const schema = z
  .strictObject({
    minimumLength: z.int().min(6).max(128).describe('characters; holds when a password is next changed'),
    requireLowercase: z.boolean().describe('at least one of a to z'),
    requireUppercase: z.boolean().describe('at least one of A to Z'),
    requireNumbers: z.boolean().describe('at least one of 0 to 9'),
    requireSymbols: z
      .boolean()
      .describe('at least one character that is neither a letter nor a digit, of those that IAM takes'),
    usersMayChange: z.boolean().describe('whether users may change their own password'),
    maxAge: z.int().min(1).max(1095).or(z.literal('never')).describe('days; holds at once for existing passwords'),
    reusePrevention: z.int().min(1).max(24).or(z.literal('none')).describe('how many earlier passwords are refused'),
    hardExpiry: z.boolean().describe('who let a password expire cannot set a new one: an administrator must'),
  })
  .partial()
  .refine((fields) => Object.keys(fields).length > 0, {
    error: 'names no field, so there is nothing to keep: write at least one, e.g. "minimumLength: 14"',
  });

export const passwordPolicy = defineSetting<PasswordPolicy, Partial<Fields>>({
  name: 'password-policy',
  summary: 'The IAM password policy for console users; fields left out keep their value.',
  scope: 'global',
  // With `partial()` a field may also be present as undefined in zod's type, never in its output here.
  schema: schema as z.ZodType<Partial<Fields>, unknown>,
  reads: [get],
  writes: [update, remove],

  async read(aws) {
    try {
      const { PasswordPolicy: policy } = await aws.send(get({}));
      return policy ? fromIam(policy) : {};
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchEntityException') return {};
      throw error;
    }
  },

  nothing: WITHOUT_POLICY,
  // Where there is no policy AWS's own default applies: writing one field must not take back what that demands.
  desire: (observed, written) => ({ ...(exists(observed) ? observed : WITHOUT_POLICY), ...written }),

  undo: 'every field returns, absent ones to absent; a password that an administrator replaced meanwhile stays replaced.',
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html, HardExpiry
  losses(from, to) {
    const shutsOut = to.hardExpiry && to.maxAge !== 'never';
    if (!shutsOut || (from.hardExpiry && !isShorter(from.maxAge, to.maxAge))) return [];
    return [
      `console access of whoever has a password older than ${to.maxAge} days, until an administrator sets a new one`,
    ];
  },

  transition(from, to) {
    if (same(from, to)) return [];
    const changes = FIELDS.filter((field) => from[field] !== to[field]).map((field) => describe(field, from, to));
    return [step(exists(to) ? update(toIam(to)) : remove({}), ...changes)];
  },
});

function isShorter(from: Fields['maxAge'], to: Fields['maxAge']): boolean {
  return to !== 'never' && (from === 'never' || to < from);
}

function exists(policy: PasswordPolicy): policy is Fields {
  return policy.minimumLength !== undefined;
}

function fromIam(policy: IamPasswordPolicy): Fields {
  return {
    minimumLength: policy.MinimumPasswordLength ?? OMITTED.minimumLength,
    requireLowercase: policy.RequireLowercaseCharacters ?? false,
    requireUppercase: policy.RequireUppercaseCharacters ?? false,
    requireNumbers: policy.RequireNumbers ?? false,
    requireSymbols: policy.RequireSymbols ?? false,
    usersMayChange: policy.AllowUsersToChangePassword ?? false,
    // IAM answers without the field, or with 0, for "never" and "none".
    maxAge: policy.MaxPasswordAge || 'never',
    reusePrevention: policy.PasswordReusePrevention || 'none',
    hardExpiry: policy.HardExpiry ?? false,
  };
}

/** The whole policy: a field that is not sent is reset. "never" and "none" cannot be sent, only left out. */
function toIam(policy: Fields): UpdateAccountPasswordPolicyCommandInput {
  return {
    MinimumPasswordLength: policy.minimumLength,
    RequireLowercaseCharacters: policy.requireLowercase,
    RequireUppercaseCharacters: policy.requireUppercase,
    RequireNumbers: policy.requireNumbers,
    RequireSymbols: policy.requireSymbols,
    AllowUsersToChangePassword: policy.usersMayChange,
    ...(policy.maxAge !== 'never' && { MaxPasswordAge: policy.maxAge }),
    ...(policy.reusePrevention !== 'none' && { PasswordReusePrevention: policy.reusePrevention }),
    HardExpiry: policy.hardExpiry,
  };
}

function describe(field: keyof Fields, from: PasswordPolicy, to: PasswordPolicy): Change {
  return changed<PasswordPolicy>(field, from, to, effect(field, from, to));
}

function effect(field: keyof Fields, from: PasswordPolicy, to: PasswordPolicy): Effect {
  if (field === 'usersMayChange') return 'neutral';
  const before = strength(field, exists(from) ? from : WITHOUT_POLICY);
  const after = strength(field, exists(to) ? to : WITHOUT_POLICY);
  return after > before ? 'tightens' : after < before ? 'loosens' : 'neutral';
}

/** A number that grows with how much a field demands. */
function strength(field: keyof Fields, policy: Fields): number {
  const value = policy[field];
  if (field === 'maxAge') return value === 'never' ? Number.NEGATIVE_INFINITY : -Number(value);
  return value === 'none' ? 0 : Number(value);
}
