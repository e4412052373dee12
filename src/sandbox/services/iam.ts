/** IAM: the password policy, the alias and roles of an account. https://docs.aws.amazon.com/IAM/latest/APIReference/ */
import { ServiceError } from '../errors.ts';
import type { Call, Service } from '../service.ts';
import { choice, text, whole } from '../wire/fields.ts';
import { queryProtocol } from '../wire/query-protocol.ts';
import type { PasswordPolicy } from '../world/world.ts';
import { invalid, noSuchEntity } from './iam-errors.ts';
import { roleActions } from './iam-roles.ts';

export const iam: Service = {
  name: 'iam',
  protocol: queryProtocol('https://iam.amazonaws.com/doc/2010-05-08/'),
  regional: false,
  actions: {
    GetAccountPasswordPolicy: { run: (call) => ({ PasswordPolicy: writePasswordPolicy(policyOf(call)) }) },
    UpdateAccountPasswordPolicy: { run: updatePasswordPolicy },
    DeleteAccountPasswordPolicy: { run: deletePasswordPolicy },
    ListAccountAliases: { run: (call) => ({ AccountAliases: call.account.aliases, IsTruncated: false }) },
    CreateAccountAlias: { run: createAlias },
    DeleteAccountAlias: { run: deleteAlias },
    ...roleActions,
  },
};

function policyOf(call: Call): PasswordPolicy {
  const { passwordPolicy, id } = call.account;
  if (!passwordPolicy) throw noSuchEntity(`The Password Policy with domain name ${id} cannot be found.`);
  return passwordPolicy;
}

/** ExpirePasswords is derived; ages and counts that were never set are absent. */
function writePasswordPolicy(policy: PasswordPolicy) {
  return {
    MinimumPasswordLength: policy.minimumLength,
    RequireSymbols: policy.symbols,
    RequireNumbers: policy.numbers,
    RequireUppercaseCharacters: policy.uppercase,
    RequireLowercaseCharacters: policy.lowercase,
    AllowUsersToChangePassword: policy.usersMayChange,
    ExpirePasswords: policy.maxAge !== undefined,
    MaxPasswordAge: policy.maxAge,
    PasswordReusePrevention: policy.reusePrevention,
    HardExpiry: policy.hardExpiry,
  };
}

/** There is no partial update: what is left out goes back to its default. */
function updatePasswordPolicy(call: Call): object {
  const { input } = call;
  const maxAge = inRange(call, 'MaxPasswordAge', 1, 1095);
  const reusePrevention = inRange(call, 'PasswordReusePrevention', 1, 24);
  call.account.passwordPolicy = {
    minimumLength: inRange(call, 'MinimumPasswordLength', 6, 128) ?? 6,
    symbols: choice(input, 'RequireSymbols') ?? false,
    numbers: choice(input, 'RequireNumbers') ?? false,
    uppercase: choice(input, 'RequireUppercaseCharacters') ?? false,
    lowercase: choice(input, 'RequireLowercaseCharacters') ?? false,
    usersMayChange: choice(input, 'AllowUsersToChangePassword') ?? false,
    ...(maxAge !== undefined && { maxAge }),
    ...(reusePrevention !== undefined && { reusePrevention }),
    hardExpiry: choice(input, 'HardExpiry') ?? false,
  };
  return {};
}

function inRange(call: Call, name: string, least: number, most: number): number | undefined {
  const value = whole(call.input, name);
  if (value === undefined || (value >= least && value <= most)) return value;
  const field = name.charAt(0).toLowerCase() + name.slice(1);
  const bound = value > most ? `less than or equal to ${most}` : `greater than or equal to ${least}`;
  throw invalid(
    `Value '${text(call.input, name)}' at '${field}' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

function deletePasswordPolicy(call: Call): object {
  policyOf(call);
  call.account.passwordPolicy = undefined;
  return {};
}

const ALIAS = /^(?!\d{12}$)[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]$/;

/** An alias is unique across AWS; an account has one, and a new one takes the place of the old. */
function createAlias(call: Call): object {
  const alias = text(call.input, 'AccountAlias') ?? '';
  if (!ALIAS.test(alias)) throw invalid(`Value '${alias}' at 'accountAlias' failed to satisfy constraint`);
  if ([...call.world.accounts.values()].some(({ aliases }) => aliases.includes(alias))) {
    throw new ServiceError('EntityAlreadyExists', `The account alias ${alias} already exists.`, 409);
  }
  call.account.aliases.splice(0, 1, alias);
  return {};
}

function deleteAlias(call: Call): object {
  const alias = text(call.input, 'AccountAlias') ?? '';
  const index = call.account.aliases.indexOf(alias);
  if (index < 0) throw noSuchEntity(`The account alias ${alias} cannot be found.`);
  call.account.aliases.splice(index, 1);
  return {};
}
