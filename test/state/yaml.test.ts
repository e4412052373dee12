import { describe, expect, it } from 'vitest';
import { measured } from '../support/measured.ts';
import { FLEET, load, marked, placesOf, problemsIn } from './sample.ts';

/** `▸` stands before the place of each problem. */
type Case = [sentence: string, yaml: string, codes: readonly string[], message: RegExp];

const CASES: Case[] = [
  [
    'a key written twice',
    'kind: Fleet\naccounts: self\n▸accounts: self',
    ['duplicate-key'],
    /"accounts".* here and at 2:1$/,
  ],
  ['an anchor', 'kind: Fleet\naccounts: ▸&a self', ['anchors-not-allowed'], /the anchor "&a" is not allowed/],
  ['an alias', `${FLEET}heal: ▸*a`, ['anchors-not-allowed'], /the alias "\*a" is not allowed/],
  ['an anchor on a mapping', `${FLEET}limits: ▸&a\n  concurrency: 3`, ['anchors-not-allowed'], /&a/],
  ['a merge key', `${FLEET}▸<<: { caller: "111122223333" }`, ['merge-keys-not-allowed'], /merge keys/],
  ['a custom tag', 'kind: Fleet\naccounts: ▸!!js/function self', ['tags-not-allowed'], /js\/function/],
  ['a local tag', 'kind: Fleet\naccounts: ▸!include ▸x.yaml', ['tags-not-allowed', 'wrong-type'], /"!include"/],
  ['a binary tag', `${FLEET}name: ▸!!binary ▸aGVsbG8=`, ['tags-not-allowed', 'wrong-value'], /binary/],
  ['a tag of YAML itself', `${FLEET}name: ▸!!str 1`, ['tags-not-allowed'], /"!!str"/],
  ['a directive', '▸%YAML 1.1\n---\nkind: Fleet\naccounts: self', ['directives-not-allowed'], /directives/],
  ['a tab as indentation', 'kind: Fleet\naccounts: self\nlimits:\n▸\tconcurrency: 3', ['tab-indentation'], /tab/],
  [
    'a bracket that is not closed',
    'kind: Fleet\nheal: [a\n▸accounts: self',
    ['yaml-syntax'],
    /must be sufficiently indented/,
  ],
  ['a key that is a list', `${FLEET}? ▸[a]\n: b`, ['yaml-syntax'], /keys must be strings/],
  ['a colon in a text', `${FLEET}name: ▸a: b`, ['yaml-syntax'], /nested mappings/],
  [
    'an octal number',
    `${FLEET}limits: { concurrency: ▸0o17 }`,
    ['unusual-number'],
    /"0o17" would be read as the number 15/,
  ],
  ['a hexadecimal number', `${FLEET}limits: { concurrency: ▸0x1F }`, ['unusual-number'], /31/],
  ['an exponent', `${FLEET}limits: { concurrency: ▸1e3 }`, ['unusual-number'], /1000/],
  ['a leading zero', `${FLEET}limits: { concurrency: ▸012 }`, ['unusual-number'], /12/],
  ['infinity', `${FLEET}limits: { concurrency: ▸.inf }`, ['unusual-number'], /Infinity/],
  [
    'a number that loses digits',
    `${FLEET}limits: { concurrency: ▸12345678901234567890 }`,
    ['unusual-number'],
    /1234567890123456\d+/,
  ],
  ['a key that is a prototype', `${FLEET}▸__proto__: { polluted: yes }`, ['key-not-allowed'], /"__proto__"/],
  ['an empty key', `${FLEET}▸: x`, ['key-not-allowed'], /""/],
  ['a NUL', `${FLEET}name: a▸\0b`, ['hidden-character'], /U\+0000/],
  ['an escape character', `${FLEET}name: a▸\x1b[31m`, ['hidden-character'], /U\+001B/],
  ['text that runs backwards', `${FLEET}exclude: [] # ▸\u202e ]lla[ :tcart`, ['hidden-character'], /U\+202E/],
  ['a zero-width space', `${FLEET}na▸\u200bme: x`, ['hidden-character'], /U\+200B/],
  ['a line break that YAML does not know', `${FLEET}# ▸\u2028name: x`, ['hidden-character'], /U\+2028/],
  ['a carriage return alone', `${FLEET}# a▸\rname: x`, ['hidden-character'], /U\+000D/],
  ['half a character', `${FLEET}name: ▸\ud800`, ['hidden-character'], /U\+D800/],
  ['a byte order mark inside', `${FLEET}▸\ufeffname: x`, ['hidden-character'], /U\+FEFF/],
];

describe('YAML that is more, or less, than plain data is refused where it stands', () => {
  it.each(CASES)('%s', (_, yaml, codes, message) => {
    const { text, places } = marked(yaml);
    const problems = problemsIn([text]);
    expect(problems.map(({ code }) => code)).toEqual(codes);
    expect(new Set(placesOf(problems))).toEqual(new Set(places));
    expect(problems[0]?.message).toMatch(message);
  });
});

describe('YAML that is plain data is read as YAML 1.2 says', () => {
  const accepted: readonly (readonly [string, string, string])[] = [
    ['with a byte order mark', `\ufeff${FLEET}name: x`, 'x'],
    ['with Windows line ends', 'kind: Fleet\r\naccounts: self\r\nname: x\r\n', 'x'],
    ['with comments and empty documents', `# first\n---\n# second\n---\n${FLEET}name: x # third\n---\n...\n`, 'x'],
    ['as JSON', '{"kind": "Fleet", "accounts": "self", "name": "x"}', 'x'],
    ['with text that YAML 1.1 took for a boolean', `${FLEET}name: on`, 'on'],
    ['with text that YAML 1.1 took for a date', `${FLEET}name: 2027-01-31`, '2027-01-31'],
    ['with underscores that are no digits', `${FLEET}name: 1_000`, '1_000'],
    ['in any script', `${FLEET}name: قاعدة 基线`, 'قاعدة 基线'],
  ];

  it.each(accepted)('%s', (_, yaml, name) => {
    expect(load([yaml]).fleets[0]?.name).toBe(name);
  });

  it('counts columns without the byte order mark, and lines with either line end', () => {
    expect(placesOf(problemsIn(['\ufeffkind: Polcy\r\n']))).toEqual(['1:7']);
    const [problem] = problemsIn(['kind: Fleet\r\naccounts: self\r\nnme: x\r\n']);
    expect(problem).toMatchObject({ at: { line: 3, column: 1 }, text: 'nme: x' });
  });

  it('never lets a key become a prototype', () => {
    const yaml = `kind: Policy\nname: a\ntargets: { accounts: [all] }\nguardrails: { constructor: {}, toString: {} }\n`;
    expect(problemsIn([FLEET, yaml]).map(({ code }) => code)).toEqual(['unknown-guardrail', 'unknown-guardrail']);
    expect(Object.keys({})).toEqual([]);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  it('advises quotes for a placeholder in braces, which YAML reads as a mapping', () => {
    const [problem] = problemsIn([`${FLEET}role: { read: \${env:TRUEUP_ROLE} }\n`]);
    expect(problem).toMatchObject({ code: 'yaml-syntax', at: { line: 3 } });
    expect(problem?.advice).toMatch(/put "\$\{env:…\}" in quotes/);
  });
});

describe('no text exhausts the loader', () => {
  const MEGABYTE = 1024 * 1024;
  const codesIn = (text: string) => new Set(problemsIn([text]).map(({ code }) => code));

  it('an alias bomb is refused without being expanded', async () => {
    const levels = Array.from({ length: 30 }, (_, level) => {
      const below =
        level === 0
          ? '"lol"'
          : Array(10)
              .fill(`*l${level - 1}`)
              .join(', ');
      return `l${level}: &l${level} [${below}]`;
    });
    const bomb = `kind: Fleet\naccounts: self\nx:\n  ${levels.join('\n  ')}\n`;
    const [problems, seconds] = await measured(() => problemsIn([bomb]));
    expect(seconds).toBeLessThan(10);
    expect(problems.find(({ code }) => code === 'anchors-not-allowed')?.at).toMatchObject({ line: 4, column: 7 });
  });

  it('a file above 1 MiB is refused with the limit, and one just below is read', () => {
    const padding = (size: number) => `${FLEET}#${'x'.repeat(size - FLEET.length - 2)}\n`;
    expect(load([padding(MEGABYTE)]).fleets).toHaveLength(1);
    const [problem] = problemsIn([padding(5 * MEGABYTE)]);
    expect(problem).toMatchObject({ code: 'file-too-large', at: { line: 1, column: 1 } });
    expect(problem?.message).toMatch(/5242880 bytes, more than the 1048576 \(1 MiB\)/);
  });

  it('bytes are counted, not characters', () => {
    expect(codesIn(`# ${'漢'.repeat(MEGABYTE / 2)}\n`)).toEqual(new Set(['file-too-large']));
  });

  const MARKS = `${FLEET}heal: [${'a, '.repeat(80_000)}]\n`;

  it('more words and marks than a state needs are refused before anything is made of them, wherever they begin', () => {
    const [problem, ...others] = problemsIn([MARKS]);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'too-much', at: { line: 3 } });
    expect(problem?.message).toMatch(/^the state has more than 150000 words, numbers and punctuation marks/);
  });

  it('what several files have counts together, and is told once', () => {
    const part = `kind: Ranges\nranges:\n  PART: [${'10.0.0.0/8, '.repeat(16_000)}]\n`;
    const parts = ['a', 'b', 'c', 'd', 'e'].map((name) => part.replace('PART', name));
    expect(problemsIn([FLEET, ...parts]).map(({ code }) => code)).toEqual(['too-much']);
    expect(load([FLEET, ...parts.slice(0, 2)]).ranges).toHaveProperty('b');
  });

  it('comments count by their bytes', () => {
    const comments = `#${'x'.repeat(MEGABYTE - 10)}\n`;
    expect(load([FLEET, comments, comments, comments]).fleets).toHaveLength(1);
    const [problem, ...others] = problemsIn([FLEET, ...Array(6).fill(comments)]);
    expect(others).toEqual([]);
    expect(problem?.message).toMatch(/more than 4194304 bytes \(4 MiB\) together/);
  });

  it('as many wrong values as there may be are told', () => {
    const wrong = `kind: Ranges\nranges:\n  a: [${'1,'.repeat(74_000)}]\n`;
    expect(problemsIn([FLEET, wrong])).toHaveLength(201);
  });

  const DEEP: readonly (readonly [string, string])[] = [
    ['lists in brackets', '['.repeat(MEGABYTE)],
    ['mappings in braces', '{a: '.repeat(MEGABYTE / 4)],
    ['lists in lines', '- '.repeat(MEGABYTE / 2)],
    ['explicit keys', '? '.repeat(MEGABYTE / 2)],
    ['mappings in lines', Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ];

  it.each(DEEP)('%s a thousand deep are refused at once', async (_, text) => {
    const [[problem], seconds] = await measured(() => problemsIn([text]));
    expect(seconds).toBeLessThan(10);
    expect(problem).toMatchObject({ code: 'too-deep', message: expect.stringMatching(/more than 64 deep/) });
  });

  it('sixty levels are only wrong, not too deep', () => {
    expect(codesIn(`${FLEET}x: ${'['.repeat(60)}${']'.repeat(60)}\n`)).toEqual(new Set(['unknown-key']));
  });

  const WIDE: readonly (readonly [string, string])[] = [
    ['different keys', Array.from({ length: 15_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['the same key', 'a: 1\n'.repeat(25_000)],
    ['stray brackets on one line', ']'.repeat(50_000)],
    ['anchors on one line', `[${'&a x, '.repeat(20_000)}]`],
    ['documents', '---\nkind: Fleet\naccounts: self\n'.repeat(4_000)],
    [
      'policies with an override each',
      Array.from(
        { length: 1_500 },
        (_, index) =>
          `---\nkind: Policy\nname: p${index}\ntargets: { accounts: [all] }\noverrides: [p${index + 1}]\nguardrails: {}\n`,
      ).join(''),
    ],
  ];

  it.each(WIDE)('thousands of %s take time in proportion', async (_, text) => {
    const [codes, seconds] = await measured(() => codesIn(text));
    expect(seconds).toBeLessThan(30);
    expect(codes.size).toBeGreaterThan(0);
  });
});
