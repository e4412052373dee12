/** The small parts on their own: records, archives, waits, healing, fleets, files of a commit. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stricterFleet, trustedFleet } from '../../src/fleet/trusted-fleet.ts';
import { matchRecord } from '../../src/github/match-record.ts';
import { pauseFor } from '../../src/github/pause.ts';
import { parsePending, parseReviewed, recordPending, recordReviewed } from '../../src/github/record.ts';
import { readEntry } from '../../src/github/zip.ts';
import { guardrails } from '../../src/guardrails/index.ts';
import type { Cell, Plan } from '../../src/model/plan.ts';
import type { Fleet } from '../../src/model/state.ts';
import { chooseHealing as choose, type Healing } from '../../src/plan/heal.ts';
import { remainingPlan } from '../../src/plan/remaining.ts';
import { loadDocuments } from '../../src/state/load.ts';
import { realistic } from '../render/fixtures.ts';
import { zip } from '../support/zip.ts';

const origin = {
  repository: 1,
  pull: 2,
  head: 'a'.repeat(40),
  base: 'b'.repeat(40),
  tree: 'c'.repeat(40),
  run: 3,
  state: 'state',
};
const changing = realistic.cells.filter(({ outcome }) => outcome === 'change');

describe('a record of what was reviewed', () => {
  it('approves exactly the changes that it was made of, and nothing that is held or unread', () => {
    const record = recordReviewed(realistic, { ...origin, salt: 'ab' });
    expect(matchRecord(record, realistic.cells)).toMatchObject({ moved: [], settled: 0 });
    expect(matchRecord(record, realistic.cells).approved).toEqual(changing);
    expect(record.cells).toHaveLength(changing.length);
  });

  it('survives being written and read, and not being touched', () => {
    const record = recordReviewed(realistic, { ...origin, salt: '00ff' });
    const text = JSON.stringify(record);
    expect(parseReviewed(text)).toEqual(record);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('0', 'a', 'Z', '"', '['), (at, character) => {
        const touched = text.slice(0, at) + character + text.slice(at + 1);
        const read = parseReviewed(touched);
        expect(read === undefined ? record : read).toEqual(record);
      }),
    );
    expect(parseReviewed(JSON.stringify({ ...record, more: 1 }))).toBeUndefined();
    expect(parsePending(text)).toBeUndefined();
  });

  it('tells nothing about places and values, and differs from salt to salt', () => {
    const [one, two] = ['01', '02'].map((salt) => recordPending(realistic, realistic.cells, 'state', salt));
    const text = JSON.stringify(one);
    for (const { address, digest } of changing)
      for (const secret of [address.account, digest]) expect(text).not.toContain(secret);
    expect(one?.cells.filter(([place]) => two?.cells.some(([other]) => other === place))).toEqual([]);
  });

  it('tells what moved from what was put right', () => {
    const record = recordPending(realistic, realistic.cells, 'state', '');
    const [first, second, ...rest] = changing;
    if (!first || !second) throw new Error('too few changes');
    const moved: Cell = { ...first, digest: '0'.repeat(64) };
    expect(matchRecord(record, [moved, ...rest])).toEqual({
      approved: rest,
      newlyUsed: [],
      moved: [moved],
      held: [],
      unread: [],
      unknown: 0,
      settled: 1,
    });
  });

  it('never takes for put right what is held now, or where nobody could look', () => {
    const record = recordReviewed(realistic, { ...origin, salt: 'ab' });
    const [first, second] = changing;
    if (!first || !second) throw new Error('too few changes');
    const held: Cell = { ...first, outcome: 'held' };
    const unread: Cell = { ...second, outcome: 'unread', digest: '' };
    expect(matchRecord(record, [held, unread])).toMatchObject({
      held: [held],
      unread: [unread],
      unknown: 1,
      settled: changing.length - 2,
    });
    for (const part of [{ region: '*', resource: 'account' }, {}]) {
      const wide: Cell = { ...unread, address: { ...second.address, ...part, id: '' } };
      const behind = changing.filter(
        ({ address }) =>
          address.account === second.address.account &&
          ('region' in part ||
            (address.region === second.address.region && address.resource === second.address.resource)),
      );
      expect(matchRecord(record, [wide]), JSON.stringify(part)).toMatchObject({
        unread: [wide],
        unknown: behind.length,
        settled: changing.length - behind.length,
      });
    }
    const elsewhere: Cell = { ...unread, address: { ...second.address, region: 'xx-north-9', id: '' } };
    expect(matchRecord(record, [elsewhere])).toMatchObject({ unread: [], settled: changing.length });
  });

  it('knows who used each, without telling: somebody new is named, somebody who has gone is not missed', () => {
    const [one] = changing;
    if (!one) throw new Error('no change');
    const used = (...users: string[]): Cell => ({ ...one, evidence: [{ reader: 'use', users, sentence: '' }] });
    const record = recordPending({ ...realistic, cells: [used('eni-1', 'eni-2')] }, [used('eni-1', 'eni-2')], 's', '');
    expect(parsePending(JSON.stringify(record))).toEqual(record);
    expect(JSON.stringify(record)).not.toContain('eni-');
    expect(matchRecord(record, [used('eni-2')])).toMatchObject({ approved: [used('eni-2')], newlyUsed: [] });
    expect(matchRecord(record, [used('eni-2', 'eni-3')])).toMatchObject({
      approved: [],
      newlyUsed: [{ newcomers: ['eni-3'] }],
      moved: [],
    });
  });
});

describe('what is left of a plan', () => {
  it('is the same plan without what was done, which counts as in state', () => {
    const [done] = changing;
    if (!done) throw new Error('no change');
    const left = remainingPlan(realistic, new Set([done]), {
      ...fleetOf('').safety.limits,
      perAccount: 1,
      perRun: 1000,
      percent: 100,
    });
    expect(left.cells).toEqual(realistic.cells.filter((cell) => cell !== done));
    const inState = ({ targets }: Plan): number => targets.reduce((sum, target) => sum + target.inState, 0);
    expect(inState(left)).toBe(inState(realistic) + 1);
    expect(left.digest).not.toBe(realistic.digest);
  });
});

describe('an archive', () => {
  it('gives back what was put in, deflated or stored', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.boolean(), (a, b, stored) => {
        const archive = zip({ 'a.json': a, 'b.json': b }, stored);
        expect([readEntry(archive, 'a.json', 1e6), readEntry(archive, 'b.json', 1e6)].map(String)).toEqual(
          [a, b].map((text) => Buffer.from(text).toString()),
        );
      }),
    );
  });

  it('is refused when it is cut, lacks the file, unpacks to too much or is no archive', () => {
    const archive = zip({ 'a.json': 'x'.repeat(10_000) });
    expect(() => readEntry(archive, 'b.json', 1e6)).toThrow('0 entries');
    expect(() => readEntry(archive, 'a.json', 9_999)).toThrow('more than 9999');
    expect(() => readEntry(Buffer.from('nothing'), 'a.json', 1e6)).toThrow('no directory');
    fc.assert(
      fc.property(fc.nat(archive.length - 2), (length) => {
        expect(() => readEntry(archive.subarray(0, length), 'a.json', 1e6)).toThrow('cannot be read');
      }),
    );
  });

  it('with one bit turned is refused, or says the same', () => {
    const archive = zip({ 'a.json': JSON.stringify({ some: 'content', of: 'ours' }) });
    const text = String(readEntry(archive, 'a.json', 1e6));
    fc.assert(
      fc.property(fc.nat(archive.length * 8 - 1), (bit) => {
        const turned = Buffer.from(archive);
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        let read = text;
        try {
          read = String(readEntry(turned, 'a.json', 1e6));
        } catch {
          // Refused, which is as good.
        }
        expect(read).toBe(text);
      }),
    );
  });
});

describe('after a refusal GitHub is asked again', () => {
  const asked = { attempt: 1, repeatable: true, now: 1_000_000 };
  const cases: readonly [string, Parameters<typeof pauseFor>[0], Partial<typeof asked>, number | undefined][] = [
    ['after the seconds that it names', { status: 403, retryAfter: '7' }, {}, 7000],
    ['when the hour is over', { status: 403, remaining: '0', reset: '1060' }, {}, 61_000],
    [
      'after a minute, when it names none',
      { status: 403, message: 'You have exceeded a secondary rate limit' },
      {},
      60_000,
    ],
    ['soon, when it failed', { status: 502 }, {}, 500],
    ['later and later', { status: 0 }, { attempt: 3 }, 2000],
    ['not for ever', { status: 502 }, { attempt: 4 }, undefined],
    ['not when that might do it twice', { status: 502 }, { repeatable: false }, undefined],
    ['even then, when it was told to wait', { status: 429, retryAfter: '1' }, { repeatable: false }, 1000],
    [
      'never about permissions',
      { status: 403, message: 'Resource not accessible by integration', remaining: '900' },
      {},
      undefined,
    ],
    ['never about mistakes', { status: 422, message: 'Body is too long' }, {}, undefined],
  ];
  it.each(cases)('%s', (_, refused, more, pause) => {
    expect(pauseFor(refused, { ...asked, ...more })).toBe(pause);
  });
});

describe('drift is healed', () => {
  const fleet = fleetOf('heal: [default-security-group, password-policy, allowed-ingress]');
  const chooseHealing = (
    plan: Plan,
    by: Fleet,
    timesHealed: (cell: Cell) => number,
    room = Number.POSITIVE_INFINITY,
  ): Healing => choose(plan, by, { timesHealed, room });
  const all = chooseHealing(realistic, fleet, () => 0);

  it('only where every change tightens and every cause may heal', () => {
    expect(all.cells.length).toBeGreaterThan(0);
    for (const { address, outcome, steps, causes } of all.cells) {
      expect(outcome).toBe('change');
      const effects = steps.flatMap(({ changes }) => changes.map(({ effect }) => effect));
      if (address.resource !== 'security-group') expect(new Set(effects)).toEqual(new Set(['tightens']));
      for (const { guardrail } of causes) expect(fleet.heal).toContain(guardrail);
    }
    expect(chooseHealing(realistic, { ...fleet, heal: [] }, () => 0).cells).toEqual([]);
  });

  it('only as many as can be remembered', () => {
    expect(chooseHealing(realistic, fleet, () => 0, 1).cells).toHaveLength(1);
    expect(chooseHealing(realistic, fleet, () => 1, 0).cells).toEqual(all.cells);
  });

  it('not for ever, and not when too much drifts at once', () => {
    expect(chooseHealing(realistic, fleet, () => 3)).toMatchObject({ cells: [], flipping: all.cells });
    const strict = {
      ...fleet,
      safety: { ...fleet.safety, limits: { ...fleet.safety.limits, perAccount: 0, perRun: 0, percent: 100 } },
    };
    expect(chooseHealing(realistic, strict, () => 0)).toMatchObject({
      cells: [],
      breach: expect.stringContaining('limit 0'),
    });
  });
});

describe('a fleet that changes', () => {
  const base = fleetOf(
    'role: { read: old }\nexclude: ["ou:Suspended"]\nsafety: { limits: { perAccount: 5, perRun: 50, percent: 90 }, neverTouch: ["111122223333"] }',
  );
  const head = fleetOf(
    'role: { read: new }\nsafety: { limits: { perAccount: 50, perRun: 5, percent: 90 }, neverTouch: ["444455556666"] }\nheal: [password-policy]',
  );

  it('is reached and kept safe as before, while it may select anew', () => {
    expect(trustedFleet(base, head)).toMatchObject({
      role: { read: 'old' },
      exclude: [],
      safety: base.safety,
      heal: [],
      drift: 'merge',
    });
  });

  it.each([
    ['', 'drift: pending'],
    ['drift: pending', ''],
  ])('keeps drift waiting while either of both says so: "%s", then "%s"', (was, is) => {
    const [from, to] = [fleetOf(was), fleetOf(is)];
    expect([trustedFleet(from, to).drift, stricterFleet(from, to).drift]).toEqual(['pending', 'pending']);
  });

  it('is first applied with the stricter of both', () => {
    expect(stricterFleet(base, head)).toMatchObject({
      role: { read: 'new' },
      heal: [],
      safety: { limits: { perAccount: 5, perRun: 5, percent: 90 }, neverTouch: ['111122223333', '444455556666'] },
    });
  });
});

function fleetOf(yaml: string): Fleet {
  const text = `kind: Fleet\naccounts: self\nhomeRegion: eu-west-1\n${yaml}\n`;
  const [fleet] = loadDocuments([{ path: 'state.yaml', text }], { guardrails, env: {}, today: '2026-11-21' }).fleets;
  if (!fleet) throw new Error('no fleet');
  return fleet;
}
