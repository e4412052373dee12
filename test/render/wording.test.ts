import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import type { Change } from '../../src/model/resource.ts';
import { write } from '../../src/render/phrase.ts';
import { type ChangeView, describeChanges, linesOf, tally } from '../../src/render/wording.ts';
import { egress, rule, rules } from './fixtures.ts';

const plain = ({ verb, what }: ChangeView): string => `${verb} ${write(what, (data) => data)}`;

function told(change: Omit<Change, 'effect'>, id = 'sg-0own'): readonly string[] {
  return describeChanges([{ ...change, effect: 'neutral' }], id).map(plain);
}

const ssh = rule('tcp', [22, 22], '0.0.0.0/0', 'temporary');
const SSH = 'tcp 22 from 0.0.0.0/0';

describe('a change of a setting', () => {
  it.each<[Json | undefined, Json | undefined, string]>([
    [8, 14, 'changes field 8 → 14'],
    [undefined, 14, 'sets field to 14'],
    [8, undefined, 'unsets field, which was 8'],
    [false, true, 'changes field false → true'],
    ['never', 90, 'changes field never → 90'],
    ['14', 14, 'changes field "14" → 14'],
    ['true', true, 'changes field "true" → true'],
    ['', null, 'changes field "" → null'],
    [['a'], { b: 1 }, 'changes field ["a"] → {"b":1}'],
  ])('%j → %j reads "%s"', (before, after, sentence) => {
    const change = { field: 'field', ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
    expect(told(change)).toEqual([sentence]);
  });
});

describe('a change of a rule', () => {
  it('opens, closes, or carries other labels', () => {
    expect(told({ field: SSH, after: ssh })).toEqual(['opens tcp 22 from 0.0.0.0/0 “temporary”']);
    expect(told({ field: SSH, before: ssh })).toEqual(['closes tcp 22 from 0.0.0.0/0 “temporary”']);
    const tagged = { ...rule('tcp', [22, 22], '0.0.0.0/0'), tags: { Owner: 'web', Env: 'prod' } };
    expect(told({ field: SSH, before: ssh, after: tagged })).toEqual([
      'relabels tcp 22 from 0.0.0.0/0 “temporary” → {Env=prod, Owner=web}',
    ]);
    expect(told({ field: SSH, before: tagged, after: rule('tcp', [22, 22], '0.0.0.0/0') })).toEqual([
      'relabels tcp 22 from 0.0.0.0/0 {Env=prod, Owner=web} → no description',
    ]);
  });

  it('says "itself" for the own group, and only for it', () => {
    expect(told({ field: 'all from sg-0own', before: rule('-1', undefined, 'sg-0own') })).toEqual([
      'closes all from itself',
    ]);
    expect(told({ field: 'all from sg-0own2', before: rule('-1', undefined, 'sg-0own2') })).toEqual([
      'closes all from sg-0own2',
    ]);
  });

  it('keeps rules in the order in which a diff has them, whatever order the calls have', () => {
    const kept = ['203.0.113.0/26', '198.51.100.0/24', '192.0.2.0/24'].map((cidr) => {
      return { field: `tcp 22 from ${cidr}`, after: rule('tcp', [22, 22], cidr), effect: 'keeps' } as const;
    });
    const closed = { field: SSH, before: ssh, effect: 'tightens' } as const;
    expect(describeChanges([...kept, closed], 'sg-0own').map(plain)).toEqual([
      'closes tcp 22 from 0.0.0.0/0 “temporary”',
      'keeps tcp 22 from 192.0.2.0/24',
      'keeps tcp 22 from 198.51.100.0/24',
      'keeps tcp 22 from 203.0.113.0/26',
    ]);
  });

  it('keeps and drops what the plan says neither opens nor closes anything', () => {
    const described = describeChanges(
      [
        { field: 'tcp 22 from 10.0.0.0/8', after: rule('tcp', [22, 22], '10.0.0.0/8'), effect: 'keeps' },
        { field: 'tcp 23 from 10.1.0.0/16', before: rule('tcp', [23, 23], '10.1.0.0/16'), effect: 'keeps' },
        { field: 'tcp 23 from 10.0.0.0/8', after: rule('tcp', [23, 23], '10.0.0.0/8'), effect: 'loosens' },
        { field: SSH, before: ssh, effect: 'tightens' },
      ],
      'sg-0own',
    );
    expect(described.map(({ verb, effect }) => [verb, effect])).toEqual([
      ['opens', 'loosens'],
      ['closes', 'tightens'],
      ['keeps', 'neutral'],
      ['drops', 'neutral'],
    ]);
  });

  it('stands first when it opens something to everyone', () => {
    const described = describeChanges(
      [
        { field: 'tcp 1 from 10.0.0.0/8', after: rule('tcp', [1, 1], '10.0.0.0/8'), effect: 'loosens' },
        { field: 'all to 0.0.0.0/0', after: egress('0.0.0.0/0'), effect: 'loosens' },
        { field: SSH, after: ssh, effect: 'loosens' },
      ],
      'sg-0own',
    );
    expect(described.map(({ toEveryone }) => toEveryone)).toEqual([true, true, false]);
  });
});

it('writes a value as one line for each field', () => {
  expect(linesOf({ minimumLength: 8, maxAge: 'never' }, '')).toEqual(['maxAge: never', 'minimumLength: 8']);
  expect(linesOf(rules(ssh, egress('0.0.0.0/0'), rule('-1', undefined, 'sg-0own')), 'sg-0own')).toEqual([
    'all from itself',
    'all to 0.0.0.0/0',
    'tcp 22 from 0.0.0.0/0  “temporary”',
  ]);
});

it('counts changes by what they do', () => {
  const closing = (field: string): Change => ({ field, before: ssh, effect: 'tightens' });
  const setting: Change = { field: 'x', before: 1, after: 2, effect: 'neutral' };
  const changes = describeChanges([closing('a'), closing('b'), setting], '');
  expect(write(tally(changes), (data) => data)).toBe('closes 2 rules, changes 1 field');
});
