import { expect, it } from 'vitest';
import { settings } from '../../src/settings/index.ts';

const schemaOf = (name: string) => settings.find(({ guardrail }) => guardrail.name === name)?.guardrail.schema;

/** setting, what is written, and a part of the sentence that refuses it; none: it is accepted. */
const WRITTEN: readonly (readonly [string, object, string?])[] = [
  ['ebs-encryption', { encrypted: true }],
  ['ebs-encryption', { encrypted: true, key: 'aws-managed' }],
  ['ebs-encryption', { encrypted: true, key: 'arn:aws-us-gov:kms:{region}:{account}:key/mrk-12' }],
  ['ebs-encryption', { encrypted: true, key: 'alias/ebs' }, 'write the ARN of a KMS key'],
  ['ebs-encryption', { encrypted: true, key: 'arn:aws:kms:eu-west-1:111122223333:alias/ebs' }, 'an alias'],
  ['ebs-encryption', { encrypted: false, key: 'aws-managed' }, 'a key has no effect'],
  ['ebs-encryption', { key: 'aws-managed' }, 'encrypted'],
  ['image-public-access', { state: 'block-all-sharing' }, 'state'],
  ['snapshot-public-access', {}, 'state'],
  ['instance-metadata-defaults', {}, 'names no field'],
  ['instance-metadata-defaults', { hopLimit: 64 }],
  ['instance-metadata-defaults', { hopLimit: 65 }, 'hopLimit'],
  ['instance-metadata-defaults', { httpTokensEnforced: 'enabled' }, 'httpTokens: required'],
  ['instance-metadata-defaults', { httpTokensEnforced: 'enabled', httpTokens: 'optional' }, 'httpTokens: required'],
  ['account-alias', { alias: 'acme-{account}' }],
  ['account-alias', { alias: '{account}' }, 'twelve digits'],
  ['account-alias', { alias: 'a--b' }, 'single hyphens'],
  ['account-alias', { alias: 'Acme' }, 'lower-case'],
  ['account-alias', { alias: `${'a'.repeat(52)}{account}` }, '3 to 63'],
  ['s3-public-access', {}, 'names no field'],
  ['s3-public-access', { blockPublicPolicy: 'yes' }, 'blockPublicPolicy'],
];

const rows = WRITTEN.map(([name, written, refusal]) => ({
  name,
  written: JSON.stringify(written),
  params: written,
  refusal,
}));

it.each(rows)('$name judges $written', ({ name, params, refusal }) => {
  const result = schemaOf(name)?.safeParse(params);
  const said = result?.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n');
  if (refusal === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(refusal);
});
