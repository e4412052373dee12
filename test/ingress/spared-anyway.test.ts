/**
 * Is a rule narrowed the same way, whichever way it is worked out? Where every cut takes all of its traffic there is a
 * short one, which is not gone where something is spared: so what stays anyway is spared.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { boxOf } from '../../src/ingress/box.ts';
import { cutsOf } from '../../src/ingress/cuts.ts';
import { narrow } from '../../src/ingress/narrow.ts';
import { EVERYTHING, subtractRegions } from '../../src/ingress/region.ts';
import { lawRuns } from '../support/law-runs.ts';
import { entry, lists, rule } from './arbitraries.ts';

it('makes no difference to spare what nobody cuts', () => {
  const entries = fc.array(entry, { minLength: 1, maxLength: 3 });
  const law = fc.property(rule, entries, lists, (one, all, known) => {
    const entriesOf = (id: string) => known[id];
    const cuts = all.flatMap((each) => cutsOf(one, each, entriesOf));
    const away = cuts.flatMap((cut) => (cut === 'all' ? EVERYTHING : cut));
    const rest = subtractRegions([boxOf(one, entriesOf)], away);
    expect(narrow(one, cuts, [rest], entriesOf)).toEqual(narrow(one, cuts, [], entriesOf));
  });
  fc.assert(law, { numRuns: lawRuns(5000) });
});
