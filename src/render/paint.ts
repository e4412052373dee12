/** Which colour says what? Red is less protection, green is more, whatever comes or goes. */
import type { createColors } from 'picocolors';
import type { Alarm } from './alarm.ts';
import { forTerminal } from './escape.ts';
import type { Phrase } from './phrase.ts';

type Colours = ReturnType<typeof createColors>;

/** What a piece of text means to the eye. */
export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'link' | Alarm | `${Alarm} badge`;
export type Span = { readonly text: string; readonly tone: Tone };
export type Paint = (span: Span) => string;

export function paintWith(colours: Colours): Paint {
  const { bold, black, white } = colours;
  const tones: { readonly [tone in Tone]: (text: string) => string } = {
    plain: (text) => text,
    calm: (text) => text,
    strong: bold,
    faint: colours.dim,
    good: colours.green,
    link: colours.cyan,
    danger: (text) => bold(colours.red(text)),
    unknown: colours.magenta,
    caution: colours.yellow,
    'danger badge': (text) => bold(white(colours.bgRed(text))),
    'unknown badge': (text) => bold(white(colours.bgMagenta(text))),
    'caution badge': (text) => bold(black(colours.bgYellow(text))),
    'calm badge': (text) => bold(colours.inverse(text)),
  };
  return ({ text, tone }) => tones[tone](text);
}

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

/** Our words and others' data in a tone each. Data is escaped here, and only here, on its way to a terminal. */
export function spansOf(phrase: Phrase, ours: Tone, theirs: Tone = ours): readonly Span[] {
  return phrase.map((part) =>
    'words' in part ? span(part.words, ours) : span(forTerminal(part.data, part.max), theirs),
  );
}
