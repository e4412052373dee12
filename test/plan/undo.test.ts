/** The way back is planned from whatever a run left behind, and what an earlier way back did, wherever either was cut short. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NOTHING_PROTECTED } from '../../src/fleet/protection.ts';
import { ruleName } from '../../src/ingress/rule.ts';
import { advance, type Cell } from '../../src/model/plan.ts';
import type { Observation } from '../../src/model/resource.ts';
import type { Rules } from '../../src/model/rule.ts';
import { planUndo } from '../../src/plan/undo.ts';
import { securityGroup } from '../../src/resources/security-group.ts';
import { resources } from '../../src/run.ts';
import { A, reading, rulesOf, snapshotOf, stateOf } from '../support/snapshots.ts';

const GROUP = 'sg-0000000a';
const TEXTS = ['tcp 22 from 10.0.0.0/8', 'tcp 22-23 from 10.0.0.0/8', 'tcp 22 from 10.0.0.0/9', 'all to 0.0.0.0/0'];

/** Few rules, so that many stay and only their labels differ. */
const rules: fc.Arbitrary<Rules> = fc
  .tuple(
    ...TEXTS.map((text) =>
      fc
        .option(
          fc.record(
            {
              description: fc.constantFrom('one', 'two'),
              tags: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), { minKeys: 1 }),
            },
            { requiredKeys: [] },
          ),
        )
        .map((words) => ({ text, words })),
    ),
  )
  .map((some) =>
    Object.fromEntries(
      some.flatMap(({ text, words }) => {
        const [rule] = Object.values(rulesOf(text));
        return words && rule ? [[ruleName(rule), { ...rule, ...words }] as const] : [];
      }),
    ),
  );

const [fleet] = stateOf(
  'kind: Policy\nname: none\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 8 } }\n',
).fleets;

function planBackFrom(actual: Rules, done: Cell): Cell | undefined {
  if (!fleet) throw new Error('no fleet');
  const { safety } = fleet;
  const found: Observation = { value: actual, handles: {}, about: { name: 'web', vpc: '', description: '', tags: {} } };
  const snapshot = snapshotOf(
    reading({ reader: 'security-group', found: { [GROUP]: found }, want: { ids: [GROUP], close: true } }),
  );
  const bounds = { resources, protection: NOTHING_PROTECTED, quotas: safety, limits: safety.limits, tell: new Map() };
  return planUndo({ run: 'run-1', cells: [done], names: {} }, snapshot, bounds).cells[0];
}

it('nobody else is blamed for what a run and a way back have left half-done, and it leads where the run began', () => {
  fc.assert(
    fc.property(rules, rules, fc.nat(), fc.nat(), (before, after, stop, stopBack) => {
      const steps = securityGroup.transition(before, after, GROUP);
      const done = {
        address: { fleet: 'default', account: A, region: 'eu-west-1', resource: 'security-group', id: GROUP },
        ...{ title: 'web', outcome: 'change', causes: [], inputs: {}, evidence: [], lost: [], digest: '' },
        ...{ before, after, steps },
      } as Cell;
      const left = steps.slice(0, stop % (steps.length + 1)).reduce(advance, before) as Rules;
      const back = planBackFrom(left, done);
      const between = (back?.steps ?? []).slice(0, stopBack % ((back?.steps.length ?? 0) + 1)).reduce(advance, left);
      const again = planBackFrom(between as Rules, done);
      expect([back?.reason, again?.reason]).toEqual([undefined, undefined]);
      expect((again?.steps ?? []).reduce(advance, between)).toEqual(before);
    }),
  );
});
