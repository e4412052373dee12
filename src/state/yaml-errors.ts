/** What the YAML parser complains about, in the words of somebody who mends it. */
import type { YAMLParseError } from 'yaml';
import { type Complaint, positionAt, type Source } from './source.ts';

const SPACES = 'indent with spaces, the same number for everything in one mapping';

const ADVICE: { readonly [code: string]: string } = {
  BAD_INDENT: SPACES,
  BLOCK_AS_IMPLICIT_KEY: 'put the value in quotes if it contains ": ", or start a new line for a nested mapping',
  BLOCK_IN_FLOW: 'inside { } and [ ], put a text that contains ":" or braces in quotes',
  BAD_SCALAR_START: 'put the value in quotes',
  BAD_DQ_ESCAPE: 'use single quotes if the backslash is meant',
  MISSING_CHAR: 'look for a quote, bracket or colon that is missing here or on the line before',
  MULTILINE_IMPLICIT_KEY: 'put a space after the colon',
  NON_STRING_KEY: 'write the key as plain text',
  UNEXPECTED_TOKEN: 'look for a missing comma, a list among keys, or a text that needs quotes',
};

export function describeYamlError(error: YAMLParseError, source: Source): Complaint {
  if (error.code === 'TAB_AS_INDENT')
    return { code: 'tab-indentation', message: 'a tab is not allowed as indentation', advice: SPACES };
  const advice = holdsPlaceholder(error, source) ? `inside { } and [ ], put "\${env:…}" in quotes` : ADVICE[error.code];
  const message = `not well-formed YAML: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`;
  return { code: 'yaml-syntax', message, ...(advice !== undefined && { advice }) };
}

/** `{ read: ${env:TRUEUP_ROLE} }` is what people write, and YAML reads the brace as a mapping. */
function holdsPlaceholder(error: YAMLParseError, source: Source): boolean {
  const { line } = positionAt(source, error.pos[0]);
  return source.text.slice(source.lines[line - 1], error.pos[0] + 1).includes('${');
}
