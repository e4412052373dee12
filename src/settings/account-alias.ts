/**
 * The account alias: under which name do people find the sign-in page of the account?
 * One per account, unique in all of AWS. An account without one is `{}`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html
 */
import { CreateAccountAliasCommand, DeleteAccountAliasCommand, ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import { z } from 'zod';
import { operation } from '../model/operation.ts';
import { changed, step } from '../model/resource.ts';
import { defineSetting } from '../model/setting.ts';
import { atPlace } from './at-place.ts';

const list = operation('iam:ListAccountAliases', ListAccountAliasesCommand);
const create = operation('iam:CreateAccountAlias', CreateAccountAliasCommand);
const remove = operation('iam:DeleteAccountAlias', DeleteAccountAliasCommand);

type Alias = { readonly alias?: string };

/** IAM's own rule, checked with the account's twelve digits in place. */
const ALIAS = /^(?!\d{12}$)[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]$/;

const schema = z.strictObject({
  alias: z
    .string()
    .refine((alias) => ALIAS.test(atPlace(alias, { account: '123456789012', region: '' })), {
      error:
        '3 to 63 lower-case letters, digits and single hyphens, not twelve digits alone; {account} is filled in, e.g. "acme-{account}"',
    })
    .describe('3 to 63 lower-case letters, digits and single hyphens, unique in all of AWS; `{account}` is filled in'),
});

export const accountAlias = defineSetting<Alias, z.infer<typeof schema>>({
  name: 'account-alias',
  summary: 'The name in the address of the sign-in page; `{account}` in it stands for the account id.',
  scope: 'global',
  schema,
  reads: [list],
  writes: [create, remove],

  async read(aws) {
    const { AccountAliases: [alias] = [] } = await aws.send(list({}));
    return alias === undefined ? {} : { alias };
  },

  desire: (_, { alias }, around) => ({ alias: atPlace(alias, around) }),

  // A new alias takes the place of the old one, in one call. Deleting first would leave a gap, in which anybody may
  // take the old name, and without any alias if the new name turns out to be taken (EntityAlreadyExists).
  // So a refused replacement leaves the old alias where it is.
  transition(from, to) {
    if (from.alias === to.alias) return [];
    const call = to.alias === undefined ? remove({ AccountAlias: from.alias }) : create({ AccountAlias: to.alias });
    return [step(call, changed('alias', from, to, 'neutral'))];
  },

  undo: 'the old alias returns, as long as no other account has taken it meanwhile.',

  losses: ({ alias }, to) =>
    alias === undefined || alias === to.alias
      ? []
      : [`the alias "${alias}" is given up; it can be had back only as long as no other account takes it`],
});
