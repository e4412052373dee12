/**
 * How is text that others wrote (names, tags, descriptions, messages, YAML) shown without it being obeyed?
 * The only place that knows. Each function is for one place where text ends up; apply exactly one, exactly once.
 */

/**
 * What would act instead of being seen: controls, format characters (bidirectional marks, zero widths, tags),
 * whatever else a renderer draws as nothing, and halves of surrogate pairs.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
/** They only choose between two drawings of the character before them. */
const VARIATION = /[\ufe0e\ufe0f]/g;
const LINE_BREAK = /[\r\n\v\f\u0085\u2028\u2029]\s*/g;
/** Blanks that are not a space: a tab moves the cursor, the others pretend. */
const BLANK = /[\t\p{Zs}]/gu;
/** U+2800 is a letter to Unicode and nothing to the eye. */
const EMPTY_PATTERN = /\u2800/g;

/** For a terminal: one line without a single control character. `max` counts characters. */
export function forTerminal(text: string, max = Number.POSITIVE_INFINITY): string {
  return cap(seen(text), max);
}

/** For Markdown: a code span, in which nothing links, mentions, embeds or closes an element. */
export function forMarkdown(text: string, max = 120): string {
  return codeSpan(forTerminal(text, max));
}

/**
 * For a cell of a Markdown table. GFM looks for the pipes of a row before it looks for code spans, and takes a
 * backslash before a pipe away, hence a backslash of the text that stands there is spelt out.
 * https://github.github.com/gfm/#example-200
 */
export function forTableCell(text: string, max = 120): string {
  const spelt = forTerminal(text, max).replace(/\\*\|/g, (found) => `${'\\u{5c}'.repeat(found.length - 1)}\\|`);
  return codeSpan(spelt);
}

/** For the lines of a fenced block: the fence that none of them can close. */
export function fenceFor(lines: readonly string[]): string {
  return '`'.repeat(lines.reduce((longest, line) => Math.max(longest, longestRun(line) + 1), 3));
}

/** For HTML, as text of an element or as value of a quoted attribute. */
export function forHtml(text: string, max = Number.POSITIVE_INFINITY): string {
  return forTerminal(text, max).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * For a GitHub workflow command (`::warning file=…::…`): its data, or the value of one of its properties.
 * https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
 */
export function forCommand(text: string, part: 'data' | 'property'): string {
  const data = withoutCommands(forTerminal(text)).replaceAll('%', '%25');
  return part === 'data' ? data : data.replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * For the log of a CI run: finished lines, colours included, that the runner cannot read as commands. GitHub obeys
 * `::name::` at the start of a line and `##[name]` anywhere in it, Azure Pipelines `##vso[name]`: a space breaks them.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function forLog(lines: string): string {
  return withoutCommands(lines);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are part of a finished line
const COLOUR = /\x1b\[[\d;]*m/.source;
const OPENING_COLONS = new RegExp(`^((?:[^\\S\\r\\n\\u2028\\u2029]|${COLOUR})*:)(?=(?:${COLOUR})*:)`, 'gm');
/** Not two IPv6 addresses in one line: a name is followed by colons, or by a property and then colons. */
const NAMED_COLONS = /:(?=:[a-z][\w-]*(?: +[a-z]+=[^\r\n]*?)?::)/gi;
const HASHES = new RegExp(`#(?=(?:${COLOUR})*#(?:${COLOUR})*\\w*\\[)`, 'g');

function withoutCommands(text: string): string {
  return text.replace(OPENING_COLONS, '$1 ').replace(NAMED_COLONS, ': ').replace(HASHES, '# ');
}

function seen(text: string): string {
  return text
    .replace(VARIATION, '')
    .replace(LINE_BREAK, ' ')
    .replace(BLANK, ' ')
    .replace(UNSEEN, spell)
    .replace(EMPTY_PATTERN, spell);
}

function spell(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function cap(text: string, max: number): string {
  if (text.length <= max) return text;
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, Math.max(0, max - 1)).join('')}…`;
}

/** A span takes one space off either end when both have one, unless there is nothing else; and cannot be empty. */
function codeSpan(text: string): string {
  if (text === '') return '`""`';
  const fence = '`'.repeat(longestRun(text) + 1);
  const pad = text.trim() !== '' && /^[ `]|[ `]$/.test(text) ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
