/**
 * A sentence that remembers which of its parts are ours and which came from AWS or the state. Renderers print words
 * and escape data; there is no third way, so nothing can be forgotten.
 */
export type Part = { readonly words: string } | { readonly data: string; readonly max: number };
export type Phrase = readonly Part[];

const NAME = 120;
const MESSAGE = 500;

/** What stands in the template is ours; a string put into it is data; phrases and numbers are spliced in. */
export function say(template: TemplateStringsArray, ...values: readonly (string | number | Phrase)[]): Phrase {
  return template.flatMap((text, i) => [...words(text), ...partsOf(values[i])]);
}

/** Words chosen by the code, e.g. a plural. */
export function words(text: string): Phrase {
  return text === '' ? [] : [{ words: text }];
}

/** A sentence that somebody else wrote, longer than a name. */
export function message(text: string): Phrase {
  return [{ data: text, max: MESSAGE }];
}

/** What counts of one kind are called. */
export type Noun = readonly [one: string, many: string];

export function count(number: number, noun: Noun): Phrase {
  return words(counted(number, noun));
}

/** The same as text, for where there is nothing but our own words. */
export function counted(number: number, [one, many]: Noun): string {
  return `${thousands(number)} ${number === 1 ? one : many}`;
}

export function thousands(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function list(phrases: readonly Phrase[], separator = ', '): Phrase {
  return phrases.flatMap((phrase, i) => (i === 0 ? phrase : [...words(separator), ...phrase]));
}

const LISTED = 3;

/** The first few, and how many more there are. */
export function some(phrases: readonly Phrase[]): Phrase {
  const shown = list(phrases.slice(0, LISTED));
  return phrases.length > LISTED ? say`${shown} and ${phrases.length - LISTED} more` : shown;
}

/**
 * The phrase as text. Two pieces of data never touch: two code spans that do are one, with other limits.
 *
 * @param safe is given every part that is not ours
 */
export function write(phrase: Phrase, safe: (data: string, max: number) => string): string {
  return phrase
    .map((part, i) => {
      if ('words' in part) return part.words;
      const before = phrase[i - 1];
      return `${before && 'data' in before ? ' ' : ''}${safe(part.data, part.max)}`;
    })
    .join('');
}

function partsOf(value: string | number | Phrase | undefined): Phrase {
  if (value === undefined) return [];
  if (typeof value === 'number') return words(thousands(value));
  return typeof value === 'string' ? [{ data: value, max: NAME }] : value;
}
