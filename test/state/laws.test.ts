import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadDocuments } from '../../src/state/load.ts';
import { neutralize, showProblems } from '../../src/state/show-problems.ts';
import { anyCharacter } from '../support/any-character.ts';
import { load, options, problemsOf } from './sample.ts';

const id = fc.stringMatching(/^[0-9]{12}$/);
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const region = fc.constantFrom('eu-west-1', 'us-east-1', 'ap-southeast-2', 'us-gov-west-1', 'us-iso-east-1');
const selector = fc.oneof(
  fc.constantFrom('all', 'self', 'ou:ou-ab12-34cdefgh'),
  id,
  word.map((name) => `name:${name}*`),
  fc.tuple(word, word).map(([a, b]) => `ou:${a}/${b}`),
  fc.tuple(word, word).map(([key, value]) => `tag:${key}=${value}`),
);
const network = fc
  .tuple(fc.nat(255), fc.nat(255))
  .chain(([a, b]) => fc.constantFrom(`${a}.${b}.0.0/16`, `10.${a}.${b}.0/24`, `2001:db8:${a}:${b}::/64`));
const lock = fc.record(
  { length: fc.integer({ min: 6, max: 128 }), loud: fc.boolean(), age: fc.oneof(fc.nat(99), fc.constant('never')) },
  { requiredKeys: ['length'] },
);

const fleet = fc.record(
  {
    kind: fc.constant('Fleet'),
    accounts: fc.oneof(
      fc.constantFrom('self', 'organization'),
      fc.uniqueArray(id, { minLength: 1, maxLength: 4 }).map((ids) => ids.map((each) => ({ id: each }))),
    ),
    include: fc.array(selector, { maxLength: 3 }),
    exclude: fc.array(selector, { maxLength: 3 }),
    regions: fc.oneof(fc.constant('enabled'), fc.array(region, { minLength: 1, maxLength: 3 })),
    limits: fc.record({ concurrency: fc.integer({ min: 1, max: 200 }) }),
  },
  { requiredKeys: ['kind', 'accounts'] },
);

const policies = fc
  .uniqueArray(word, { maxLength: 4 })
  .chain((names) => fc.tuple(...names.map((name, index) => policy(name, names.slice(0, index)))));

function policy(name: string, earlier: readonly string[]) {
  return fc.record(
    {
      kind: fc.constant('Policy'),
      name: fc.constant(name),
      targets: fc.record({ accounts: fc.array(selector, { minLength: 1, maxLength: 3 }) }),
      overrides: fc.subarray([...earlier]),
      guardrails: fc.record({ 'door-lock': lock }, { requiredKeys: [] }),
    },
    { requiredKeys: ['kind', 'name', 'targets', 'guardrails'] },
  );
}

const ranges = fc
  .dictionary(
    word.filter((name) => !['internet', 'private'].includes(name) && !/^(sg|pl)-/.test(name)),
    fc.array(network, { minLength: 1, maxLength: 3 }),
    { noNullPrototype: true },
  )
  .map((named) => ({ kind: 'Ranges', ranges: named }));

/** Documents that are right, in any order, over any number of files. */
const rightState = fc
  .tuple(fleet, policies, ranges)
  .chain(([one, several, names]) =>
    fc.tuple(fc.shuffledSubarray([one, ...several, names], { minLength: several.length + 2 }), fc.nat(3)),
  )
  .map(([documents, size]) => {
    const texts = documents.map((document) => stringify(document, { version: '1.2' }));
    const split = Math.min(size, texts.length);
    return [texts.slice(0, split).join('---\n'), texts.slice(split).join('---\n')];
  });

describe('laws of loading', () => {
  it('a state that is right has no problem, and loads the same every time', () => {
    fc.assert(
      fc.property(rightState, (texts) => {
        let first: unknown;
        const problems = problemsOf(() => {
          first = load(texts);
        });
        expect(problems).toEqual([]);
        expect(load(texts)).toEqual(first);
      }),
      { numRuns: 200 },
    );
  });

  it('a loaded state is plain data: it survives a JSON round trip', () => {
    fc.assert(
      fc.property(rightState, (texts) => {
        const state = load(texts);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
      { numRuns: 50 },
    );
  });

  const fragment = fc.oneof(
    fc.constantFrom(
      'kind: Fleet\n',
      'accounts: self\n',
      'kind: Policy\nname: a\n',
      'guardrails:\n  door-lock: ',
      '---\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ': ',
      '\n',
      '&a ',
      '*a',
      '!!x ',
      '"',
      "'",
      '#',
      '\t',
      '\r\n',
      '012',
      '%',
      '|\n',
      '? ',
      `\${env:TRUEUP_X}`,
      '\ufeff',
      '\0',
      '基',
    ),
    fc.string({ unit: anyCharacter, maxLength: 6 }),
  );
  const anyText = fc.array(fragment, { maxLength: 30 }).map((parts) => parts.join(''));
  const brokenState = fc
    .tuple(rightState, anyText, fc.nat(), fc.nat(40))
    .map(([[first = '', second = ''], noise, at, cut]) => {
      const place = at % (first.length + 1);
      return [first.slice(0, place) + noise + first.slice(place + cut), second];
    });

  it.each([
    ['any text', fc.tuple(anyText)],
    ['a right state that was damaged', brokenState],
  ])('%s loads, or every problem stands inside its file and shows its line', (_, texts) => {
    fc.assert(
      fc.property(texts, (contents) => {
        const files = contents.map((text, index) => ({ path: `${index}.yaml`, text }));
        const problems = problemsOf(() => loadDocuments(files, options()));
        for (const { at, text } of problems) {
          const content = files.find(({ path }) => path === at.file)?.text.replace(/^\ufeff/, '') ?? '';
          const line = content.split('\n')[at.line - 1];
          expect(line).toBeDefined();
          expect(at.column).toBeGreaterThanOrEqual(1);
          expect(at.column).toBeLessThanOrEqual((line ?? '').length + 1);
          if (text !== undefined) expect(text).toBe((line ?? '').replace(/\r$/, ''));
        }
        expect(problems).toEqual(problemsOf(() => loadDocuments(files.toReversed(), options())));
        expect(showProblems(problems)).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
      }),
      { numRuns: 300 },
    );
  });

  it('what is neutralised stays as it is when it is neutralised again', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        expect(neutralize(neutralize(text))).toBe(neutralize(text));
      }),
    );
  });
});
