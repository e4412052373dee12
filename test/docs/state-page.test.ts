/** The reference of the state names every field there is, with its default, and its examples are tried one by one. */
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { guardrails } from '../../src/guardrails/index.ts';
import { SERVICES } from '../../src/model/operation.ts';
import { type Kind, kinds, schemas } from '../../src/state/schemas.ts';
import { checkSelector } from '../../src/state/selector.ts';
import { fieldsOf } from './fields.ts';
import { paragraphsOf, tableUnder } from './pages.ts';
import { load, refusals } from './try-state.ts';

const PAGE = 'docs/state.md';
const HEADING: { readonly [K in Kind]: string } = {
  Fleet: 'Fleet',
  Ranges: 'Ranges',
  Policy: 'Policy',
  Exceptions: 'Exceptions',
};
const EXCEPTION = {
  guardrail: 'allowed-ingress',
  scope: { account: '111122223333' },
  owner: 'team-web',
  reason: 'an example',
  expires: '2026-12-31',
};
/** The least that each kind must say, and what its fields and items of its lists must say. */
const LEAST: { readonly [K in Kind]: object } = {
  Fleet: { kind: 'Fleet', accounts: 'self' },
  Ranges: { kind: 'Ranges', ranges: { office: ['192.0.2.0/24'] } },
  Policy: { kind: 'Policy', name: 'example', targets: { accounts: ['all'] }, guardrails: {} },
  Exceptions: { kind: 'Exceptions', exceptions: [EXCEPTION] },
};
const ITEM: { readonly [list: string]: object } = {
  accounts: { id: '444455556666' },
  fences: { deny: ['ec2:*'] },
  exceptions: EXCEPTION,
  securityHub: { administrator: '444455556666', homeRegion: 'eu-west-1' },
};
/** Parts of a scope that only some guardrails have. */
const FITTING: { readonly [path: string]: string } = {
  'exceptions[].scope.control': 'security-hub-controls',
  'exceptions[].scope.field': 'password-policy',
};
const BASELINE = 'kind: Policy\nname: baseline\ntargets: { accounts: [all] }\nguardrails: {}\n';

const rows = kinds.flatMap((kind) =>
  tableUnder(PAGE, HEADING[kind]).map(([path = '', takes = '', absent = '', example = '', meaning = '']) => ({
    kind,
    path,
    takes,
    absent,
    example,
    meaning,
  })),
);

describe('the reference of the state', () => {
  it.each(kinds)('names every field of a %s, in order, and no other', (kind) => {
    const named = rows.filter((row) => row.kind === kind).map(({ path }) => path.replaceAll('[]', ''));
    expect(named).toEqual(fieldsOf(schemas[kind]).map(({ path }) => path));
  });

  it.each(kinds)('says what becomes of each field of a %s that is left out', (kind) => {
    const plain = (text: string) => text.replaceAll(/["'` ]/g, '');
    const said = rows
      .filter((row) => row.kind === kind)
      .map(({ path, absent }) => `${path.replaceAll('[]', '')}: ${isWord(absent) ? 'optional' : plain(absent)}`);
    expect(said).toEqual(
      fieldsOf(schemas[kind]).map(({ path, otherwise }) => `${path}: ${plain(otherwise.replace('default `', ''))}`),
    );
  });

  it.each(kinds)('says between which numbers the fields of a %s may lie', (kind) => {
    const limits = fieldsOf(schemas[kind]).flatMap(({ path, takes }) => {
      const [, from = '', to = ''] = /^number (\d+) to (\d+)$/.exec(takes) ?? [];
      return to === '' || to === String(Number.MAX_SAFE_INTEGER) ? [] : [`${path}: ${from} to ${to}`];
    });
    const said = rows.filter((row) => row.kind === kind).map(({ path, takes }) => `${path}: ${takes}`);
    expect(said).toEqual(expect.arrayContaining(limits));
  });

  it('says what each field means', () => {
    expect(rows.filter(({ path, meaning }) => meaning === '' && !/kind$|\[\]|^exceptions$/.test(path))).toEqual([]);
  });

  it('says of each guardrail that is not a plain setter how several policies go together', () => {
    const named = paragraphsOf(PAGE).filter((text) => text.startsWith('Guardrails that'));
    const special = guardrails.filter(({ kind }) => kind !== 'setter');
    expect(special.filter(({ name }) => !named.some((text) => text.includes(name))).map(({ name }) => name)).toEqual(
      [],
    );
    expect(special.length).toBeGreaterThan(1);
  });

  it.each(rows)('$kind: the example of $path loads', ({ kind, path, example }) => {
    const value: unknown = parse(example);
    const least = FITTING[path]
      ? { ...LEAST[kind], exceptions: [{ ...EXCEPTION, guardrail: FITTING[path] }] }
      : LEAST[kind];
    const document = set(least, path.split('.'), value);
    expect(refusals(() => load(stringify(document), [BASELINE]))).toEqual([]);
  });

  it('names the services that are called', () => {
    const [paragraph = ''] = paragraphsOf(PAGE).filter((text) => text.includes('services that Trueup calls'));
    expect(
      SERVICES.filter((service) => !new RegExp(`[\\s:]${service}[,.]`).test(paragraph.replaceAll('`', ''))),
    ).toEqual([]);
  });

  it.each(tableUnder(PAGE, 'Selectors').map(([form = '']) => form))('selects with %s', (form) => {
    expect(checkSelector(String(parse(form)))).toBeUndefined();
  });

  it.each(tableUnder(PAGE, 'What is refused'))('%s is refused: %s', (written = '', code = '') => {
    const accounts = written.includes('accounts:') ? '' : 'accounts: self\n';
    expect(refusals(() => load(`kind: Fleet\n${accounts}${written}\n`))).toContain(code);
  });
});

/** The document with the value at the path; `list[]` is the one item of a list. */
function set(into: object, [part = '', ...rest]: readonly string[], value: unknown): object {
  const name = part.replace('[]', '');
  const old = (into as { readonly [field: string]: unknown })[name];
  const inner = (base: unknown): unknown =>
    rest.length > 0 ? set((base ?? ITEM[name] ?? {}) as object, rest, value) : value;
  return { ...into, [name]: part.endsWith('[]') ? [inner(Array.isArray(old) ? old[0] : ITEM[name])] : inner(old) };
}

/** Not a value: `–`, or a sentence about what decides instead. */
function isWord(text: string): boolean {
  return text === '–' || text.includes(', ');
}
