/** Controls of Security Hub from state to account: few calls, honest ends, and the next run converges. */
import { afterEach, describe, expect, it } from 'vitest';
import { observe } from '../../src/reconcile.ts';
import { planNow } from '../contract/contract.ts';
import { applyCells, changing, undoPlan } from '../support/apply.ts';
import { type Desk, openHub, TWENTY } from '../support/hub.ts';

let desk: Desk;
afterEach(() => desk.close());

const disable = (ids: readonly string[], more = '') =>
  `  security-hub-controls:\n    disabled:\n${ids.map((id) => `      ${id}: covered elsewhere\n`).join('')}${more}`;

describe('disabling twenty controls in five standards', () => {
  it('takes one write, few reads, and a plan that says every standard', async () => {
    desk = await openHub();
    const run = await desk.open(disable(TWENTY));
    const plan = await planNow(run);
    expect(changing(plan)).toHaveLength(20);
    expect(changing(plan)[0]?.steps.flatMap(({ changes }) => changes.map(({ field }) => field))).toHaveLength(10);
    expect(JSON.stringify(changing(plan))).not.toContain('arn:aws:securityhub');
    // Whether it is on, three pages of what there is, one of associations; none has parameters.
    expect(desk.sent()).toEqual([
      'GetEnabledStandards',
      ...Array(3).fill('ListSecurityControlDefinitions'),
      'BatchGetStandardsControlAssociations',
    ]);
    const { outcomes, journal, sessions } = await applyCells(run, changing(plan), desk);
    expect(outcomes.map(({ result }) => result)).toEqual(Array(20).fill('applied'));
    const sent = desk.sent();
    expect(sent.filter((action) => action.startsWith('BatchUpdate'))).toHaveLength(1);
    expect(sent.length).toBeLessThanOrEqual(8);
    expect(sessions).toHaveLength(1);
    const kinds = journal.lines.map(({ entry }) => entry.kind);
    expect(kinds.lastIndexOf('intent')).toBeLessThan(kinds.indexOf('result'));
    expect(kinds.filter((kind) => kind === 'intent')).toHaveLength(20);
    expect((await planNow(run)).cells).toEqual([]);
  });

  it('is undone exactly, with few calls', async () => {
    desk = await openHub('{ disabled: { IAM.1: "since 2024" } }');
    const run = await desk.open(disable(TWENTY));
    const before = (await observe(run)).readings;
    const applied = await applyCells(run, changing(await planNow(run)), desk);
    desk.sent();
    const back = await undoPlan(run, applied);
    expect(desk.sent()).toHaveLength(3);
    expect(changing(back)).toHaveLength(19);
    await applyCells(run, changing(back), desk);
    expect(desk.sent().filter((action) => action.startsWith('BatchUpdate'))).toHaveLength(1);
    expect((await observe(run)).readings).toEqual(before);
  });

  it.each(['INVALID_INPUT', 'refused'])('is read alike where what a standard does not have is %s', async (stranger) => {
    const all = '  security-hub-controls: { otherControls: enabled, disabled: { IAM.6: elsewhere, EC2.19: by hand } }';
    const planned = async (more: string) => {
      desk = await openHub('{}', more);
      const run = await desk.open(all);
      const plan = await planNow(run);
      const { outcomes } = await applyCells(run, changing(plan), desk);
      await desk.close();
      return [
        plan.cells.map(({ outcome, before, after }) => [outcome, before, after]),
        outcomes.map(({ result }) => result),
      ];
    };
    const usual = await planned('');
    expect(usual[1]).toContain('applied');
    expect(await planned(`stranger: ${stranger}`)).toEqual(usual);
    desk = await openHub();
  });

  it('goes through smaller calls where the fleet or AWS wants them smaller', async () => {
    desk = await openHub('{}', 'mostItems: 30');
    const run = await desk.open(disable(TWENTY));
    const { outcomes } = await applyCells(run, changing(await planNow(run)), desk);
    expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(['applied']));
    await desk.close();
    desk = await openHub();
    const small = await desk.open(
      disable(TWENTY),
      (await import('../support/worlds.ts'))
        .fleetYaml('123456789012')
        .replace('---', 'limits: { itemsPerCall: 12 }\n---'),
    );
    const cells = changing(await planNow(small));
    desk.sent();
    await applyCells(small, cells, desk);
    expect(desk.sent().filter((action) => action.startsWith('BatchUpdate'))).toHaveLength(10);
  });
});
