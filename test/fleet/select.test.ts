import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitPath } from '../../src/fleet/organization.ts';
import { chooseRegions, namedRegions } from '../../src/fleet/regions.ts';
import { asksFor, matches, type Selectable, selectAccounts, targetsOf } from '../../src/fleet/select.ts';
import { globMatches } from '../../src/model/glob.ts';
import { TrueupError } from '../../src/model/problem.ts';
import type { Inventory } from '../../src/model/snapshot.ts';
import { measured } from '../support/measured.ts';

const CALLER = '999900001111';
const web: Selectable = {
  id: '111122223333',
  name: 'Web-prod-7',
  tags: { env: 'prod', 'a=b': 'c=d', 'cost:centre': '12' },
  ou: 'Production/Web',
  path: ['r-ab12', 'ou-ab12-11111111', 'ou-ab12-22222222'],
};

describe('a selector', () => {
  it.each([
    ['all', true],
    ['self', false],
    ['111122223333', true],
    ['111122223334', false],
    ['name:Web-*', true],
    ['name:web-*', false],
    ['name:*-prod-?', true],
    ['name:Web-prod', false],
    ['ou:Production', true],
    ['ou:Production/Web', true],
    ['ou:/Production/Web/', true],
    ['ou:Production/We', false],
    ['ou:Prod', false],
    ['ou:Web', false],
    ['ou:', false],
    ['ou:ou-ab12-11111111', true],
    ['ou:ou-ab12-22222222', true],
    ['ou:ou-ab12-33333333', false],
    ['ou:r-ab12', true],
    ['tag:env=prod', true],
    ['tag:env=PROD', false],
    ['tag:env', false],
    ['tag:a=b=c=d', true],
    ['tag:cost:centre=12', true],
  ])('%s: %s', (selector, expected) => {
    expect(matches(selector, web, CALLER)).toBe(expected);
  });

  it('self means the caller', () => {
    expect(matches('self', { id: CALLER }, CALLER)).toBe(true);
  });

  it('about a fact that is not known matches nothing', () => {
    for (const selector of ['name:*', 'ou:Production', 'ou:ou-ab12-11111111', 'tag:env=prod'])
      expect(matches(selector, { id: '111122223333' }, CALLER)).toBe(false);
  });

  it.each([['everything'], ['12345'], [''], ['label:x=y'], ['Name:x']])('"%s" is refused', (selector) => {
    expect(() => matches(selector, web, CALLER)).toThrow(TrueupError);
  });

  it('tells which facts must be found out', () => {
    expect(asksFor(['all', 'name:x'])).toEqual({ units: false, names: false, tags: false });
    expect(asksFor(['ou:ou-ab12-11111111'])).toEqual({ units: true, names: false, tags: false });
    expect(asksFor(['ou:Production', 'tag:a=b'])).toEqual({ units: true, names: true, tags: true });
  });
});

describe('a selection', () => {
  const accounts = fc.uniqueArray(fc.record({ id: fc.constantFrom('111111111111', '222222222222', CALLER) }), {
    selector: ({ id }) => id,
  });
  const selectors = fc.array(fc.constantFrom('all', 'self', '111111111111', '222222222222', 'name:x'));

  it('never contains what is excluded, nor what is not included', () => {
    fc.assert(
      fc.property(accounts, selectors, selectors, (all, include, exclude) => {
        const chosen = selectAccounts(all, { include, exclude }, CALLER);
        for (const account of all) {
          const meant = include.some((selector) => matches(selector, account, CALLER));
          const out = exclude.some((selector) => matches(selector, account, CALLER));
          expect(chosen.includes(account)).toBe(meant && !out);
        }
      }),
    );
  });

  it('of a policy is accounts × regions of the inventory', () => {
    const inventory: Inventory = {
      caller: { account: CALLER, arn: `arn:aws:iam::${CALLER}:role/hub`, partition: 'aws' },
      accounts: [
        { ...web, regions: ['eu-west-1', 'us-east-1'] },
        { id: CALLER, regions: ['eu-west-1'] },
        { id: '444455556666', tags: { env: 'sandbox' }, regions: ['eu-west-1'] },
      ],
      skipped: [],
      unreachable: [],
    };
    const exclude = ['tag:env=sandbox'];
    expect(targetsOf({ accounts: ['all'], exclude, regions: 'all' }, inventory)).toEqual([
      { account: web.id, region: 'eu-west-1' },
      { account: web.id, region: 'us-east-1' },
      { account: CALLER, region: 'eu-west-1' },
    ]);
    expect(targetsOf({ accounts: ['all'], exclude, regions: ['us-*', 'ap-south-1'] }, inventory)).toEqual([
      { account: web.id, region: 'us-east-1' },
    ]);
  });
});

describe('a glob', () => {
  it('agrees with the regular expression it stands for', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.', '😀'), maxLength: 8 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '.', '😀'), maxLength: 8 });
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        const source = [...pattern].map((c) => (c === '*' ? '.*' : c === '?' ? '.' : c.replace('.', '\\.'))).join('');
        expect(globMatches(pattern, text)).toBe(new RegExp(`^${source}$`, 'su').test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes no time that grows with the number of stars', async () => {
    const [found, seconds] = await measured(() => globMatches(`${'*a'.repeat(200)}b`, 'a'.repeat(2_000)));
    expect(found).toBe(false);
    expect(seconds).toBeLessThan(10);
  });
});

describe('regions', () => {
  const enabled = ['us-east-1', 'eu-west-1', 'eu-central-1', 'ap-south-1'];

  it.each([
    [
      ['eu-west-1', 'us-east-1', 'eu-west-1'],
      ['eu-west-1', 'us-east-1'],
    ],
    [{ include: ['eu-west-1', 'us-east-1'], exclude: ['us-*'] }, ['eu-west-1']],
    [[], []],
  ])('%j are named without asking', (regions, expected) => {
    expect(namedRegions(regions)).toEqual(expected);
  });

  it.each([
    ['enabled' as const, ['ap-south-1', 'eu-central-1', 'eu-west-1', 'us-east-1']],
    [['eu-*'], ['eu-central-1', 'eu-west-1']],
    [{ exclude: ['eu-*', 'ap-south-1'] }, ['us-east-1']],
    [{ include: ['eu-*'], exclude: ['eu-west-1'] }, ['eu-central-1']],
    [{ include: ['eu-*', 'me-south-1'] }, ['eu-central-1', 'eu-west-1']],
    [{}, ['ap-south-1', 'eu-central-1', 'eu-west-1', 'us-east-1']],
  ])('%j depend on the account', (regions, expected) => {
    expect(namedRegions(regions)).toBeUndefined();
    expect(chooseRegions(regions, enabled)).toEqual(expected);
  });
});

describe('the path of a unit', () => {
  it('leaves the root out, and a slash in a name passes for no level', () => {
    const names = new Map([
      ['ou-1', 'Production/Web'],
      ['ou-2', 'API'],
    ]);
    expect(unitPath(['r-ab12', 'ou-1', 'ou-2'], names)).toBe('Production%2FWeb/API');
    expect(unitPath(['r-ab12'], names)).toBe('');
    expect(unitPath(['r-ab12', 'ou-3'], names)).toBe('ou-3');
  });
});
