import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/model/problem.ts';
import { showProblems } from '../../src/state/show-problems.ts';
import { FLEET, problemsIn } from './sample.ts';

function problem(text: string, column: number, more: Partial<Problem> = {}): Problem {
  return { code: 'x', message: 'is wrong', at: { file: 'state/a.yaml', line: 7, column }, text, ...more };
}

/** What the caret stands below. */
function pointedAt(shown: string): string {
  const [, line = '', caret = ''] = shown.split('\n');
  return line.slice(caret.indexOf('^'), caret.indexOf('^') + 4);
}

describe('problems as text', () => {
  it('show place, sentence, line, caret and advice', () => {
    const shown = showProblems(problemsIn([`${FLEET}excludes: []\nregions: [eu-west]\n`]));
    expect(shown).toBe(
      [
        'state/1.yaml:3:1  unknown key "excludes"',
        '  3 | excludes: []',
        '    | ^',
        '    = did you mean "exclude"?',
        '',
        'state/1.yaml:4:11  a region looks like "eu-west-1", a pattern of regions like "eu-*"',
        '  4 | regions: [eu-west]',
        '    |           ^',
        '    = did you mean "eu-west-1"?',
      ].join('\n'),
    );
  });

  it('need neither line nor advice', () => {
    const { text, ...bare } = problem('', 1);
    expect(showProblems([bare])).toBe('state/a.yaml:7:1  is wrong');
  });

  it('make room for long line numbers', () => {
    const shown = showProblems([problem('a: b', 4, { at: { file: 'f', line: 1234, column: 4 }, advice: 'c' })]);
    expect(shown).toBe('f:1234:4  is wrong\n  1234 | a: b\n       |    ^\n       = c');
  });

  it.each([
    ['at the start', 1],
    ['in the middle', 5001],
    ['near the end', 9998],
  ])('cut a long line around the place: %s', (_, column) => {
    const text = Array.from({ length: 2500 }, (_, index) => String(index).padStart(4, '0')).join('');
    const shown = showProblems([problem(text, column)]);
    expect(pointedAt(shown)).toBe(
      text
        .slice(column - 1, column + 3)
        .padEnd(4, '')
        .slice(0, 4),
    );
    expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThan(120);
  });

  it.each([
    ['a tab', '\t\tname: x', 3],
    ['control characters', 'a\x1b[31mb: name', 9],
    ['an accent of its own', 'cafe\u0301: name', 8],
  ])('keep the caret in its place after %s', (_, text, column) => {
    const shown = showProblems([problem(text, column)]);
    const [, line = '', caret = ''] = shown.split('\n');
    const width = (part: string) => part.replace(/\p{Mn}/gu, '').length;
    expect(width(line.slice(0, line.indexOf(text.slice(column - 1))))).toBe(caret.indexOf('^'));
  });

  it('count two columns for East Asian characters and emoji', () => {
    const [, , caret = ''] = showProblems([problem('基线😀: x', 5)]).split('\n');
    expect(caret.indexOf('^') - '  7 | '.length).toBe(6);
  });

  it('neutralise what would steer a terminal or reorder the text, wherever it stands', () => {
    const hostile = '\x1b]0;owned\x07\r\n\u202e\u2066\u200b\u009b2J\u{e0041}';
    const shown = showProblems([
      problem(hostile, 3, { message: hostile, advice: hostile, at: { file: `${hostile}.yaml`, line: 7, column: 3 } }),
    ]);
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(shown.split('\n')).toHaveLength(4);
    expect(shown).toContain('\\u{1b}]0;owned\\u{7}\\u{d}\\u{a}\\u{202e}');
  });

  it('never cut a character in two', () => {
    const shown = showProblems([problem('😀'.repeat(200), 201)]);
    expect(shown).not.toMatch(/\\u\{d[89a-f]/);
  });
});
