import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fenceFor,
  forCommand,
  forHtml,
  forLog,
  forMarkdown,
  forTableCell,
  forTerminal,
} from '../../src/render/escape.ts';
import { measured } from '../support/measured.ts';
import { HOSTILE, hostileText } from './hostile.ts';
import { intrusions, nodesOf, parseMarkdown } from './parse-markdown.ts';

/** Code points that act instead of being seen, from and to, named apart from the code under test. */
const ACTING: readonly (readonly [from: number, to: number])[] = [
  [0x0, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x2800, 0x2800],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
];

function acts(text: string): boolean {
  const points = [...text].map((character) => character.codePointAt(0) ?? 0);
  return points.some((point) => ACTING.some(([from, to]) => from <= point && point <= to));
}

describe('forTerminal', () => {
  it.each([
    ['plain text · äöü 漢字 🚀', 'plain text · äöü 漢字 🚀'],
    ['\u001b[31mred\u001b[0m', '\\u{1b}[31mred\\u{1b}[0m'],
    ['user\u202egnp.exe', 'user\\u{202e}gnp.exe'],
    ['a\u200bb\ufeffc', 'a\\u{200b}b\\u{feff}c'],
    ['one\r\n   two\u2028three', 'one two three'],
    ['a\tb\u00a0c\u3000d', 'a b c d'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['half \ud800', 'half \\u{d800}'],
    ['heart \u2764\ufe0f', 'heart \u2764'],
  ])('shows %j as %j', (text, shown) => {
    expect(forTerminal(text)).toBe(shown);
  });

  it('lets nothing through that acts instead of being seen', () => {
    fc.assert(
      fc.property(hostileText, (text) => !acts(forTerminal(text))),
      { numRuns: 2000 },
    );
  });

  it('keeps within the length it is given, and never cuts a character in half', () => {
    const length = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(hostileText, length, (text, max) => {
        const shown = forTerminal(text, max);
        expect([...shown].length).toBeLessThanOrEqual(max);
        expect(/\p{Cs}/u.test(shown)).toBe(false);
      }),
    );
    expect(forTerminal('🚀🚀🚀🚀', 3)).toBe('🚀🚀…');
    expect(forTerminal('🚀🚀🚀', 3)).toBe('🚀🚀🚀');
  });

  it('takes time in proportion to the length of the text', async () => {
    for (const text of [' '.repeat(2e5), '\n'.repeat(2e5), '` '.repeat(1e5), '##['.repeat(6e4), '::a '.repeat(4e4)]) {
      const [, seconds] = await measured(() => {
        forTerminal(text);
        forMarkdown(text);
        forTableCell(text);
        forLog(text);
        forCommand(text, 'property');
      });
      expect(seconds).toBeLessThan(20);
    }
  });
});

describe('forMarkdown', () => {
  it('gives one code span with the text in it, and nothing else', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const [paragraph, ...others] = parseMarkdown(`before ${forMarkdown(text)} after`).children;
        expect(others).toEqual([]);
        const shown = forTerminal(text, 120) || '""';
        expect(nodesOf(paragraph ?? { type: 'root', children: [] }).slice(1)).toMatchObject([
          { type: 'text', value: 'before ' },
          { type: 'inlineCode', value: shown },
          { type: 'text', value: ' after' },
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it.each(HOSTILE)('stays a code span at the start of a line: %j', (text) => {
    expect(nodesOf(parseMarkdown(forMarkdown(text))).map(({ type }) => type)).toEqual([
      'root',
      'paragraph',
      'inlineCode',
    ]);
  });

  it('shows 120 characters unless told otherwise', () => {
    expect(forMarkdown('x'.repeat(300))).toBe(`\`${'x'.repeat(119)}…\``);
    expect(forMarkdown('x'.repeat(300), 10)).toBe(`\`${'x'.repeat(9)}…\``);
  });
});

describe('forTableCell', () => {
  it('gives one code span in one cell, whatever pipes and backslashes there are', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, two) => {
        const table = `| a | b |\n|---|---|\n| ${forTableCell(one)} | ${forTableCell(two)} |\n`;
        const nodes = nodesOf(parseMarkdown(table));
        expect(nodes.filter(({ type }) => type === 'tableCell')).toHaveLength(4);
        expect(nodes.filter(({ type }) => type === 'inlineCode')).toHaveLength(2);
        expect(intrusions(table)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('shows pipes, and spells out a backslash that stands before one', () => {
    const table = `| a |\n|---|\n| ${forTableCell('x|y\\|z\\w')} |\n`;
    expect(nodesOf(parseMarkdown(table)).find(({ type }) => type === 'inlineCode')).toMatchObject({
      value: 'x|y\\u{5c}|z\\w',
    });
  });
});

describe('fenceFor', () => {
  it('gives a fence that no line closes', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { maxLength: 5 }), (texts) => {
        const lines = texts.map((text) => forTerminal(text));
        const fence = fenceFor(lines);
        const { children } = parseMarkdown(`${fence}\n${lines.join('\n')}\n${fence}\n`);
        expect(children).toMatchObject([{ type: 'code', value: lines.join('\n') }]);
      }),
    );
  });
});

describe('forHtml', () => {
  it('leaves nothing that opens a tag, an entity or a quote', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const html = forHtml(text);
        expect(html).not.toMatch(/[<>"'`]|&(?!#\d+;)/);
        const read = html.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
        expect(read).toBe(forTerminal(text));
      }),
    );
  });
});

/** How the runner of GitHub Actions reads a line, restated from its documentation and source. */
function commandIn(line: string): string | undefined {
  const second = /^\s*::([^\s:]+)(?: [^\n]*?)?::/.exec(line);
  const first = /##\[([^\]]+)\]/.exec(line);
  return second?.[1] ?? first?.[1];
}

describe('forCommand', () => {
  it('gives data that ends neither the command nor the line', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const line = `::warning file=${forCommand(text, 'property')},line=1::${forCommand(text, 'data')}`;
        expect(line).not.toMatch(/[\r\n]/);
        const [, properties = ''] = /^::warning (.*?)::/.exec(line) ?? [];
        expect(properties.split(',').map((property) => property.split('=')[0])).toEqual(['file', 'line']);
        expect(forCommand(text, 'data')).not.toMatch(/##\w*\[/);
      }),
    );
  });

  it('escapes what the toolkit escapes', () => {
    expect(forCommand('100%: a,b', 'data')).toBe('100%25: a,b');
    expect(forCommand('100%: a,b', 'property')).toBe('100%25%3A a%2Cb');
  });
});

describe('forLog', () => {
  it('leaves no line that a runner obeys', () => {
    fc.assert(
      fc.property(fc.array(hostileText), fc.constantFrom('', '  ', '\u001b[31m', ' \u001b[1m '), (texts, start) => {
        const lines = forLog(texts.map((text) => start + forTerminal(text)).join('\n')).split('\n');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: a runner may take colours away before it looks
        for (const line of lines.flatMap((one) => [one, one.replace(/\x1b\[[\d;]*m/g, '')])) {
          expect(commandIn(line)).toBeUndefined();
          expect(line).not.toMatch(/##\w*\[|::[a-z][\w-]*::/i);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['::add-mask::a', ': :add-mask::a'],
    ['see ::error::x', 'see : :error::x'],
    ['group ##[add-mask]a', 'group # #[add-mask]a'],
    ['##vso[task.complete]', '# #vso[task.complete]'],
  ])('breaks %j into %j', (line, broken) => {
    expect(forLog(line)).toBe(broken);
  });

  it('leaves IPv6 addresses, colours and ordinary hashes as they are', () => {
    const lines = 'closes \u001b[32mtcp 22\u001b[0m from ::/0, 2001:db8::abc and fe80::1\n#1 # [x] a::b';
    expect(forLog(lines)).toBe(lines);
  });
});
