/** Which mistakes can a state contain? One stable code each, with the sentence that the reference of errors is made from. */

export const stateCodes = {
  'no-directory': 'The state directory does not exist, or is not a directory.',
  'no-state': 'The state directory contains no document.',
  'no-fleet': 'No document of kind Fleet says which accounts there are.',
  'file-unreadable': 'A file or directory of the state cannot be read.',
  'file-too-large': 'A file of the state is larger than 1 MiB.',
  'not-a-file': 'Something with the name of a YAML file is not a regular file.',
  'link-outside': 'A symbolic link leads out of the state directory, or nowhere.',
  'not-utf8': 'A file of the state is not UTF-8 text.',
  'hidden-character': 'A file contains a character that is not shown, or that changes how the text around it is shown.',
  'yaml-syntax': 'A document is not well-formed YAML.',
  'tab-indentation': 'A line is indented with a tab.',
  'too-much': 'The state has more in it than is read.',
  'too-deep': 'Mappings and lists are nested too deeply.',
  'directives-not-allowed': 'A YAML directive (%YAML, %TAG) is not allowed.',
  'anchors-not-allowed': 'YAML anchors (&name) and aliases (*name) are not allowed.',
  'tags-not-allowed': 'YAML tags (!!binary, !name) are not allowed.',
  'merge-keys-not-allowed': 'YAML merge keys (<<) are not allowed.',
  'duplicate-key': 'A key is written twice in one mapping.',
  'key-not-allowed': 'A key is not plain text, or is a name that programs reserve.',
  'unusual-number': 'A number is written in a form that is easily misread, e.g. octal or with leading zeros.',
  'not-a-document': 'A YAML document of the state is not a mapping.',
  'missing-kind': 'A document does not say its kind.',
  'unknown-kind': 'A document has a kind that does not exist.',
  'unknown-key': 'A key does not exist at this place.',
  'missing-key': 'A key that must be there is missing.',
  'wrong-type': 'A value has the wrong type, e.g. a text instead of a number.',
  'wrong-value': 'A value has the right type but is not possible here.',
  'bad-cidr': 'An address range is not a CIDR block.',
  'bad-rule': 'A text does not name a rule of a security group.',
  'bad-selector': 'An account selector has none of the known forms.',
  'env-not-allowed': `\${env:…} stands where nothing is substituted.`,
  'env-malformed': `A substitution does not have the form \${env:TRUEUP_…}.`,
  'env-missing': 'The environment variable of a substitution is not set, or unusable.',
  'duplicate-name': 'Two documents or entries have the same name.',
  'reserved-name': 'The name is built in and cannot be defined again.',
  'unknown-guardrail': 'A guardrail does not exist.',
  'unknown-range': 'A range name is not defined.',
  'unknown-region':
    'A region is none of those that this version knows. It is told and not refused, because AWS opens new ones.',
  'unknown-policy': 'A policy that is overridden does not exist.',
  'override-cycle': 'Policies override each other in a circle.',
  'expires-too-late': 'An exception lasts longer than the fleet allows.',
  'too-many-problems': 'A file has more problems than are listed.',
} as const;

export type StateCode = keyof typeof stateCodes;

export function isStateCode(code: unknown): code is StateCode {
  return typeof code === 'string' && Object.hasOwn(stateCodes, code);
}
