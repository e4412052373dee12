/** A plan in which every text that is not ours is chosen by somebody else. */
import type { Plan } from '../../src/model/plan.ts';
import { cell, plan, rule, rules, stamp, unread } from './fixtures.ts';

/** @param texts at least one; they take turns */
export function hostilePlan(texts: readonly string[]): Plan {
  let turn = 0;
  const next = (): string => texts[turn++ % texts.length] ?? '';
  const at = () => ({ file: next(), line: 1, column: 1 });
  const reason = () => ({ code: next(), message: next(), advice: next() });
  const cause = () => ({ policy: next(), guardrail: next(), at: at() });
  const tagged = () => ({ ...rule('tcp', [22, 22], '0.0.0.0/0', next()), tags: { [next()]: next() } });
  const group = (i: number) => {
    const where = {
      account: `${i}${next()}`,
      region: next(),
      resource: 'security-group',
      id: `${i}${next()}`,
      title: next(),
    };
    const stays = { [next()]: rule('tcp', [443, 443], '10.0.0.0/8') };
    const before = { ...stays, ...rules(rule('tcp', [22, 22], '198.51.100.0/24', next())), [next()]: tagged() };
    return {
      ...cell({ ...where, before, after: { ...stays, [next()]: tagged() }, causes: [cause(), cause()] }),
      lost: [next()],
    };
  };
  const evidence = () => [{ reader: next(), users: [next()], sentence: next() }];
  const setting = {
    account: '222222222222',
    region: next(),
    resource: next(),
    before: { [next()]: next() },
    after: {},
  };
  const changed = { field: next(), before: next(), after: next(), effect: 'loosens' as const };
  const steps = [{ call: { operation: 'iam:X', input: {} }, changes: [changed] }];
  const cells = [
    { ...group(0), evidence: evidence() },
    { ...group(1), outcome: 'held' as const, reason: reason(), evidence: evidence() },
    { ...group(2), inputs: { [next()]: next() } },
    { ...cell(setting), steps, title: next() },
    { ...unread(next(), next(), next(), reason()), title: next() },
  ];
  const exception = { guardrail: next(), scope: {}, owner: next(), reason: next(), expires: '2027-01-01', at: at() };
  return plan(cells, {
    stamp: { ...stamp, fleet: next() },
    names: Object.fromEntries(cells.map(({ address }) => [address.account, next()])),
    skipped: [{ id: next(), name: next(), reason: reason() }],
    notes: [
      { code: 'trust-role', message: next(), at: at() },
      { code: next(), message: next() },
    ],
    breaches: [reason()],
    exemptions: [{ exception, daysLeft: 3, spares: 0 }],
    digest: next(),
  });
}
