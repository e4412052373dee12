/** A rule that has outlived the group it refers to: EC2 lets it be removed, and never be written again. */
import { expect, it } from 'vitest';
import type { Cell } from '../../src/model/plan.ts';
import { observe, plan as planOf } from '../../src/reconcile.ts';
import type { Run } from '../../src/run.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { applyCells, changing, undoPlan } from '../support/apply.ts';
import { withSandbox } from '../support/sandbox.ts';
import { ACCOUNT, fleetYaml, policyYaml, REGION, seedWith } from '../support/worlds.ts';

const WEB = 'sg-0aaaaaaaaaaaaaaa1';
const OTHER = 'sg-0aaaaaaaaaaaaaaa2';
const STALE = 'tcp 20-25 from sg-0dead0000000beef0 of 555555555555';
const GROUPS = `[{ name: web, id: ${WEB}, ingress: ["${STALE}", "tcp 22 from 0.0.0.0/0"] }, { name: other, id: ${OTHER}, ingress: ["tcp 22 from 0.0.0.0/0"] }]`;
const SEED = seedWith('[]').replace(
  '{ name: default, default: true }',
  `{ name: default, default: true, groups: ${GROUPS} }`,
);
const world = (otherwise: string) => ({
  seed: SEED,
  state: fleetYaml(ACCOUNT) + policyYaml(`  allowed-ingress: [{ ports: [22], from: none, otherwise: ${otherwise} }]\n`),
});

const planNow = async (run: Run) => changing(planOf(run, await observe(run)));
const isOurs = ({ address }: Cell): boolean => address.id === WEB || address.id === OTHER;

function rulesOf({ world }: Sandbox, id: string) {
  return [...(world.accounts.get(ACCOUNT)?.place(REGION).groups.get(id)?.rules ?? [])].map(({ body }) => body);
}

it('what is left of it cannot be written: nothing is cut, the run says what to do, and the others are applied', () =>
  withSandbox(world('narrow'), async (run, sandbox) => {
    const before = rulesOf(sandbox, WEB);
    const { outcomes, journal } = await applyCells(run, (await planNow(run)).filter(isOurs));
    expect(journal.faults).toEqual([]);
    expect(outcomes.map(({ cell, result, reason }) => [cell.address.id, result, reason?.code])).toEqual([
      [WEB, 'failed', 'group-not-found'],
      [OTHER, 'applied', undefined],
    ]);
    const [{ reason } = {}] = outcomes;
    expect(reason?.message).toContain('sg-0dead0000000beef0');
    expect(reason?.advice).toContain('remove it by hand');
    expect(rulesOf(sandbox, WEB)).toEqual(before);
    expect((await planNow(run)).map(({ address }) => address.id)).toContain(WEB);
  }));

it('it can be revoked; the way back restores what was beside it, and says why it does not return itself', () =>
  withSandbox(world('revoke'), async (run, sandbox) => {
    const applied = await applyCells(run, (await planNow(run)).filter(isOurs));
    expect(applied.outcomes.map(({ result }) => result)).toEqual(['applied', 'applied']);
    const back = await applyCells(run, changing(await undoPlan(run, applied)));
    expect(back.outcomes.map(({ result, reason }) => [result, reason?.code])).toEqual([
      ['failed', 'group-not-found'],
      ['applied', undefined],
    ]);
    expect(rulesOf(sandbox, WEB).filter(({ egress }) => !egress)).toMatchObject([
      { from: 22, to: 22, source: { cidr: '0.0.0.0/0' } },
    ]);
  }));
