/** Where Security Hub is configured centrally, a change is planned once: in the policy, felt in all who share it. */
import { afterEach, describe, expect, it } from 'vitest';
import { checkHubs } from '../../src/commands/doctor-security-hub.ts';
import { denialsOf } from '../../src/execute/denials.ts';
import { stricterFleet } from '../../src/fleet/trusted-fleet.ts';
import { guardrails } from '../../src/guardrails/index.ts';
import { neededBy } from '../../src/iam/needed.ts';
import { governedTargets } from '../../src/plan/govern.ts';
import { chooseHealing } from '../../src/plan/heal.ts';
import { mergePlans } from '../../src/plan/merge.ts';
import { explainWith, observe, plan as planOf } from '../../src/reconcile.ts';
import type { Run } from '../../src/run.ts';
import { planNow, values } from '../contract/contract.ts';
import { applyCells, changing, undoPlan } from '../support/apply.ts';
import { ADMIN, type CentralDesk, LAB, openCentral, POLICY, SHOP, WEB } from '../support/central.ts';

let desk: CentralDesk;
afterEach(() => desk?.close());

const OFF =
  '  security-hub-controls: { disabled: { EC2.19: another tool reports it, S3.4: not used }, enabled: [S3.2] }';
const FELT = [WEB, SHOP].flatMap((account) => ['eu-west-1', 'us-east-1'].map((region) => ({ account, region })));
const central = (plan: Awaited<ReturnType<typeof planNow>>) =>
  plan.cells.filter(({ address }) => address.resource === 'security-hub-policy');

describe('a change that only the administrator can make', () => {
  it('is one cell, in the administrator, felt where the policy decides', async () => {
    desk = await openCentral();
    const plan = await planNow(await desk.open(OFF));
    const [cell] = central(plan);
    expect(cell).toMatchObject({
      address: { account: ADMIN, region: 'eu-west-1', id: POLICY },
      affects: FELT,
      outcome: 'change',
      before: { 'control S3.2': 'DISABLED', otherControls: 'enabled', 'standard fsbp': true },
      causes: [{ policy: 'hub', guardrail: 'security-hub-controls', at: { line: expect.any(Number) } }],
      lost: [expect.stringContaining('no reason')],
    });
    expect(cell?.steps.flatMap(({ changes }) => changes)).toEqual([
      { field: 'control EC2.19', after: 'DISABLED', effect: 'loosens' },
      { field: 'control S3.2', before: 'DISABLED', effect: 'tightens' },
      { field: 'control S3.4', after: 'DISABLED', effect: 'loosens' },
    ]);
    // The others manage themselves, and nothing is planned for the two a second time.
    const own = plan.cells.filter(({ address }) => address.resource === 'security-hub-control');
    expect(new Set(own.map(({ address }) => address.account))).toEqual(new Set([ADMIN, LAB]));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('is applied through a session for that policy alone, shows in the accounts, and is undone exactly', async () => {
    desk = await openCentral();
    const run = await desk.open(OFF);
    const before = values(await observe(run));
    const applied = await applyCells(run, changing(await planNow(run)));
    expect(applied.outcomes.map(({ result }) => result)).toEqual(applied.outcomes.map(() => 'applied'));
    const write = applied.sessions
      .flatMap(({ policy }) => policy.Statement)
      .filter(({ Action }) => Action.includes('securityhub:UpdateConfigurationPolicy'));
    expect(write).toMatchObject([
      { Resource: `arn:aws:securityhub:eu-west-1:${ADMIN}:configuration-policy/${POLICY}` },
    ]);
    expect((await planNow(run)).cells).toEqual([]);
    const back = await undoPlan(run, applied);
    expect(central(back)).toMatchObject([{ affects: FELT, outcome: 'change' }]);
    await applyCells(run, changing(back));
    expect(values(await observe(run))).toEqual(before);
  });
});

describe('what everybody who shares the policy would get', () => {
  const held = async (run: Run) =>
    central(await planNow(run)).map(({ outcome, reason }) => [outcome, reason?.code, reason?.message]);

  it('is held while somebody would be changed for whom no policy asks', async () => {
    desk = await openCentral();
    const some = await desk.open(OFF, { targets: `{ accounts: ["${WEB}"] }` });
    expect(await held(some)).toEqual([
      ['held', 'central-shared', expect.stringContaining(`account ${SHOP} (eu-west-1`)],
    ]);
    const here = await desk.open(OFF, { targets: '{ accounts: [all], regions: [eu-west-1] }' });
    expect(await held(here)).toEqual([['held', 'central-shared', expect.stringContaining('us-east-1')]]);
  });

  it('is held while somebody would be changed whom the fleet excludes, or who cannot be reached', async () => {
    desk = await openCentral();
    const run = await desk.open(OFF, { fleet: (yaml) => yaml.replace('---', `exclude: ["${SHOP}"]\n---`) });
    expect(await held(run)).toEqual([['held', 'central-shared', expect.stringContaining(`account ${SHOP}, which`)]]);
    const [cell] = central(await planNow(run));
    expect(cell?.evidence[0]?.sentence).toContain(`, and outside the fleet in account ${SHOP}`);
  });

  it('is held while the state wants different things', async () => {
    desk = await openCentral();
    const other = `---\nkind: Policy\nname: shop\noverrides: [hub]\ntargets: { accounts: ["${SHOP}"] }\nguardrails:\n  security-hub-controls: { enabled: [EC2.19] }\n`;
    expect(await held(await desk.open(OFF, { more: other }))).toEqual([
      ['held', 'central-differs', expect.stringContaining(SHOP)],
    ]);
  });

  it('is refused with both lines where two policies contradict each other', async () => {
    desk = await openCentral();
    const other = `---\nkind: Policy\nname: shop\ntargets: { accounts: ["${SHOP}"] }\nguardrails:\n  security-hub-controls: { enabled: [EC2.19] }\n`;
    await expect(planNow(await desk.open(OFF, { more: other }))).rejects.toMatchObject({
      code: 'conflicting-setters',
      message: expect.stringContaining('EC2.19'),
      problems: [{ at: { line: 11 } }, { at: { line: expect.any(Number) } }],
    });
  });

  it('is held while an exception spares one of them', async () => {
    desk = await openCentral();
    const spare = (scope: string) =>
      `---\nkind: Exceptions\nexceptions:\n  - { guardrail: security-hub-controls, scope: ${scope}, owner: a, reason: b, expires: 2026-12-31 }\n`;
    const run = await desk.open(OFF, { more: spare(`{ account: "${SHOP}", control: EC2.19 }`) });
    expect(await held(run)).toEqual([['held', 'central-differs', expect.stringContaining('exception')]]);
    expect((await planNow(run)).exemptions).toMatchObject([{ spares: expect.any(Number) }]);
    const elsewhere = await desk.open(OFF, { more: spare(`{ account: "${LAB}", control: EC2.19 }`) });
    expect(await held(elsewhere)).toEqual([['change', undefined, undefined]]);
    const other = await desk.open(OFF, { more: spare(`{ account: "${SHOP}", control: IAM.1 }`) });
    expect(await held(other)).toEqual([['change', undefined, undefined]]);
  });

  it('is held while nobody can say who that is', async () => {
    desk = await openCentral();
    const ids = [ADMIN, WEB, SHOP, LAB].map((id) => `{ id: "${id}", name: a${id} }`).join(', ');
    const listed = await desk.open(OFF, {
      fleet: (yaml) => yaml.replace('accounts: organization', `accounts: [${ids}]`),
    });
    expect(await held(listed)).toEqual([['held', 'central-unsure', expect.stringContaining('ou-')]]);
    const regions = (linked: string) => (yaml: string) =>
      yaml
        .replace('---', 'regions: [eu-west-1]\n---')
        .replace('central: plan', `central: plan, linkedRegions: ${linked}`);
    expect(await held(await desk.open(OFF, { fleet: regions('all') }))).toEqual([
      ['held', 'central-unsure', expect.any(String)],
    ]);
    expect(await held(await desk.open(OFF, { fleet: regions('[us-east-1]') }))).toEqual([
      ['held', 'central-unsure', expect.stringContaining('us-east-1')],
    ]);
  });

  it('is held where the fleet leaves the administrator alone', async () => {
    desk = await openCentral();
    const run = await desk.open(OFF, { fleet: (yaml) => yaml.replace('---', `callingAccount: exclude\n---`) });
    expect(await held(run)).toEqual([['held', 'administrator-not-governed', expect.any(String)]]);
  });

  it('is protected with each of them, also just before the call', async () => {
    desk = await openCentral();
    const run = await desk.open(OFF, {
      fleet: (yaml) => yaml.replace('---', `safety: { neverTouch: ["${SHOP}"] }\n---`),
    });
    expect(await held(run)).toEqual([['held', 'never-touch', expect.stringContaining(SHOP)]]);
    const cells = central(await planNow(await desk.open(OFF)));
    const protection = { accounts: [SHOP], ids: [], tags: [] };
    const { outcomes } = await applyCells(run, cells, { protection });
    expect(outcomes).toMatchObject([{ result: 'held', reason: { code: 'never-touch' } }]);
    const place = { partition: 'aws', account: ADMIN, region: 'eu-west-1' };
    expect(denialsOf({ fences: [], protection }, cells, [], place)).toEqual([
      { Effect: 'Deny', Action: ['*'], Resource: '*' },
    ]);
  });

  it('counts in each of them', async () => {
    desk = await openCentral();
    const limits = (text: string) => ({
      fleet: (yaml: string) => yaml.replace('---', `safety: { limits: ${text} }\n---`),
    });
    const breaches = async (text: string) =>
      (
        await planNow(
          await desk.open('  security-hub-controls: { disabled: { S3.4: no } }', {
            ...limits(text),
            targets: `{ accounts: ["${WEB}", "${SHOP}"] }`,
          }),
        )
      ).breaches.map(({ message }) => message);
    expect(await breaches('{ perAccount: 1 }')).toEqual([
      expect.stringContaining(`account ${WEB}: 2 changes`),
      expect.stringContaining(`account ${SHOP}: 2 changes`),
    ]);
    expect(await breaches('{ perRun: 3 }')).toEqual([expect.stringContaining('4 changes')]);
    expect(await breaches('{ perRun: 4, perAccount: 2 }')).toEqual([]);
  });

  it('is held where only some of them are planned', async () => {
    desk = await openCentral();
    const run = await desk.open(OFF);
    const part = { ...run, only: { accounts: [WEB] } };
    expect(await held(part)).toEqual([['held', 'central-beyond-only', expect.stringContaining(SHOP)]]);
    expect(await held({ ...run, only: { accounts: [LAB] } })).toEqual([]);
    expect(await held({ ...run, only: { guardrails: ['security-hub'] } })).toEqual([]);
  });

  it('is planned once, in the share of the administrator', async () => {
    desk = await openCentral();
    const run = await desk.open(OFF);
    const whole = await planNow(run);
    const parts = await Promise.all([1, 2, 3].map((index) => planNow({ ...run, shard: { index, of: 3 } })));
    expect(parts.flatMap(central)).toHaveLength(1);
    expect(mergePlans(parts, run.fleet.safety.limits).digest).toBe(whole.digest);
  });

  it('is another plan once somebody else feels it', async () => {
    desk = await openCentral();
    const run = await desk.open(OFF);
    const [few] = central(await planNow(run));
    await desk.close();
    desk = await openCentral(`disabled: [S3.2], targets: [Workloads, "${LAB}"]`);
    const [many] = central(await planNow(await desk.open(OFF)));
    expect(many?.affects).toHaveLength(6);
    expect(many?.digest).not.toBe(few?.digest);
  });
});

describe('between plan and call', () => {
  it('a newcomer holds the cell', async () => {
    desk = await openCentral();
    const run = await desk.open(OFF);
    const cells = central(await planNow(run));
    desk.sandbox.world.hubs.policies.all.get(POLICY)?.targets.add(LAB);
    const { outcomes } = await applyCells(run, cells);
    expect(outcomes).toMatchObject([
      { result: 'held', reason: { code: 'new-user', message: expect.stringContaining(LAB) } },
    ]);
  });

  it('a policy that somebody changed is not touched', async () => {
    desk = await openCentral();
    const run = await desk.open(OFF);
    const cells = central(await planNow(run));
    const policy = desk.sandbox.world.hubs.policies.all.get(POLICY);
    if (policy) policy.description = 'By hand';
    expect((await applyCells(run, cells)).outcomes).toMatchObject([{ result: 'moved' }]);
  });
});

describe('what an account does not show', () => {
  const own = (plan: Awaited<ReturnType<typeof planNow>>) =>
    plan.cells.filter(({ address: { account } }) => account === WEB || account === SHOP);

  it('although its policy says so is held, with whether AWS is at work on it or has failed', async () => {
    desk = await openCentral(undefined, `applySeconds: 3600\n  failing: { "${SHOP}": Try again }`);
    const run = await desk.open(OFF);
    await applyCells(run, changing(await planNow(run)));
    const waiting = await planNow(run);
    expect(central(waiting)).toEqual([]);
    expect(new Set(own(waiting).map(({ outcome, reason }) => `${outcome} ${reason?.code}`))).toEqual(
      new Set(['held central-pending']),
    );
    desk.sandbox.world.clock.move(3600);
    const failed = own(await planNow(run));
    expect(new Set(failed.map(({ address, reason }) => `${address.account} ${reason?.code}`))).toEqual(
      new Set([`${SHOP} central-failed`]),
    );
    expect(failed[0]?.reason?.message).toContain('Try again');
  });

  it('because it is about what is global is held outside the home region, unless the state says so, too', async () => {
    desk = await openCentral();
    const enabled = own(await planNow(await desk.open('  security-hub-controls: { enabled: [IAM.1] }')));
    expect(enabled.map(({ address: { account, region }, reason }) => [account, region, reason?.code])).toEqual([
      [WEB, 'us-east-1', 'central-not-shown'],
      [SHOP, 'us-east-1', 'central-not-shown'],
    ]);
    const placed = await desk.open('  security-hub-controls: { onlyIn: { eu-west-1: [IAM.1] } }');
    expect(own(await planNow(placed))).toEqual([]);
  });

  it('because no policy can say it is held with that reason', async () => {
    desk = await openCentral();
    const run = await desk.open(
      '  security-hub-controls: { standards: { fsbp: { disabled: { S3.1: elsewhere } } }, onlyIn: { us-east-1: [EC2.1] } }',
    );
    const plan = await planNow(run);
    expect(central(plan)).toEqual([]);
    expect(own(plan).length).toBeGreaterThan(0);
    expect(new Set(own(plan).map(({ reason }) => reason?.code))).toEqual(new Set(['central-cannot-say']));
  });

  it('is told by "explain" as what differs there', async () => {
    desk = await openCentral();
    const run = await desk.open(OFF);
    const wanted = { account: WEB, region: 'eu-west-1', resource: 'security-hub-control', id: 'S3.4' };
    expect(explainWith(run, await observe(run), wanted)).toMatchObject([{ outcome: 'held' }]);
  });
});

describe('the whole of a policy', () => {
  const planned = async (guardrails: string) => central(await planNow(await desk.open(guardrails)))[0];

  it('says what becomes of all other controls', async () => {
    desk = await openCentral();
    const others = await planned('  security-hub-controls: { otherControls: enabled }');
    expect(others?.steps.flatMap(({ changes }) => changes)).toMatchObject([
      { field: 'control S3.2', effect: 'tightens' },
    ]);
    const run = await desk.open('  security-hub-controls: { otherControls: disabled, enabled: [IAM.1, S3.1] }');
    const cells = central(await planNow(run));
    const after = { otherControls: 'disabled', 'control IAM.1': 'ENABLED', 'control S3.1': 'ENABLED' };
    expect(cells).toMatchObject([{ outcome: 'change', after }]);
    const applied = await applyCells(run, cells);
    expect(applied.outcomes).toMatchObject([{ result: 'applied' }]);
    const hub = desk.sandbox.world.hubs.in(WEB, 'eu-west-1');
    const isOff = (control: string) => [...hub.associations.keys()].some((key) => key.startsWith(`${control} `));
    expect(['IAM.1', 'S3.1', 'EC2.1', 'S3.2'].filter(isOff)).toEqual(['EC2.1', 'S3.2']);
    await applyCells(run, changing(await undoPlan(run, applied)));
    desk.sandbox.world.hubs.in(WEB, 'eu-west-1');
    expect(['IAM.1', 'S3.1', 'EC2.1', 'S3.2'].filter(isOff)).toEqual(['S3.2']);
  });

  it('has standards, parameters, and Security Hub itself', async () => {
    desk = await openCentral(
      'disabled: [], parameters: { IAM.7: { RequireSymbols: { Boolean: false } } }, targets: [root]',
    );
    const run = await desk.open(
      `  security-hub: { standards: [fsbp, pci-dss-4.0.1], otherStandards: disabled }
  security-hub-controls: { parameters: { IAM.7: { MinimumPasswordLength: 14, RequireSymbols: default } } }`,
      { fleet: (yaml) => yaml.replace('---', 'include: ["100000000001", all]\n---') },
    );
    const before = values(await observe(run));
    const plan = await planNow(run);
    expect(central(plan)[0]).toMatchObject({
      outcome: 'change',
      after: {
        'standard fsbp': true,
        'standard pci-dss-4.0.1': true,
        'parameter IAM.7 MinimumPasswordLength': { Integer: 14 },
        'parameter IAM.7 RequireSymbols': 'default',
      },
    });
    expect(central(plan)[0]?.after).not.toHaveProperty(['standard nist-800-53']);
    const applied = await applyCells(run, changing(plan));
    expect(applied.outcomes).toMatchObject([{ result: 'applied' }]);
    expect((await planNow(run)).cells).toEqual([]);
    const back = await undoPlan(run, applied);
    expect(back.cells[0]?.lost).toEqual([expect.stringContaining('MinimumPasswordLength becomes its default')]);
    await applyCells(run, changing(back));
    const isMember = ([key]: readonly [string, unknown]) => !key.includes('security-hub-policy');
    expect(Object.entries(values(await observe(run))).filter(isMember)).toEqual(
      Object.entries(before).filter(isMember),
    );
    expect((await undoPlan(run, applied)).cells).toEqual([]);
  });

  it('may be that Security Hub is off', async () => {
    desk = await openCentral();
    const cell = await planned('  security-hub: { enabled: false }');
    expect(cell?.after).toEqual({ name: 'workloads', description: 'For what customers see', enabled: false });
  });

  it('is refused with a control that nobody has', async () => {
    desk = await openCentral();
    expect(await planned('  security-hub-controls: { disabled: { IAM.66: why } }')).toMatchObject({
      outcome: 'held',
      reason: { code: 'unknown-control' },
    });
  });
});

it('asks nobody about policies where each account configures itself', async () => {
  desk = await openCentral('disabled: [], targets: []');
  const run = await desk.open(OFF);
  expect((await observe(run)).inventory.centres).toBeUndefined();
  expect(desk.sandbox.requests.map(({ action }) => action)).not.toContain('ListConfigurationPolicyAssociations');
});

it('is read and told, and never planned, unless the fleet says so', async () => {
  desk = await openCentral();
  const run = await desk.open(OFF, { fleet: (yaml) => yaml.replace(', central: plan', '') });
  const snapshot = await observe(run);
  expect(snapshot.inventory.centres).toBeUndefined();
  const plan = planOf(run, snapshot);
  expect(central(plan)).toEqual([]);
  expect(plan.cells.filter(({ reason }) => reason?.code === 'managed-centrally').length).toBeGreaterThan(0);
  const sent = desk.sandbox.requests.map(({ action }) => action);
  expect(sent).not.toContain('GetConfigurationPolicy');
});

describe('what is felt in many accounts', () => {
  it('is allowed to the roles only where the fleet plans it, and never to a schedule', async () => {
    desk = await openCentral();
    const run = await desk.open('  security-hub-controls: { enabled: [S3.2] }', {
      fleet: (yaml) => yaml.replace('---', 'heal: [security-hub-controls]\n---'),
    });
    const ids = (some: readonly { readonly id: string }[]) => some.map(({ id }) => id.split(':')[1]);
    const { read, write, heal } = neededBy(run.state, run.fleet);
    expect(ids(read)).toEqual(
      expect.arrayContaining(['GetConfigurationPolicy', 'ListConfigurationPolicyAssociations']),
    );
    expect(ids(write)).toContain('UpdateConfigurationPolicy');
    expect(ids(heal)).not.toContain('UpdateConfigurationPolicy');
    const { securityHub: hub, ...rest } = run.fleet;
    const held = { ...rest, ...(hub && { securityHub: { ...hub, central: 'hold' as const } }) };
    expect(ids(neededBy(run.state, held).write)).not.toContain('UpdateConfigurationPolicy');
    const plan = await planNow(run);
    expect(central(plan)).toMatchObject([{ outcome: 'change', steps: [{ changes: [{ effect: 'tightens' }] }] }]);
    const memory = { timesHealed: () => 0, room: 100 };
    expect(chooseHealing(plan, run.fleet, memory).cells.filter(({ affects }) => affects)).toEqual([]);
    // To plan it must have been allowed before the change that wants it.
    expect(stricterFleet(held, run.fleet).securityHub?.central).toBe('hold');
    expect(stricterFleet(run.fleet, run.fleet).securityHub?.central).toBe('plan');
  });
});

it('is told by "doctor" as planned where it is, or why it is not', async () => {
  desk = await openCentral();
  const told = async (fleet = (yaml: string) => yaml) => {
    const run = await desk.open(OFF, { fleet });
    const { inventory } = await observe(run);
    const governed = governedTargets(run.state, inventory, guardrails);
    return checkHubs(inventory, governed, run).map(({ account, status, message }) => [account, status, message]);
  };
  expect(await told()).toEqual([
    [ADMIN, 'ok', 'is configured by each account itself'],
    [WEB, 'ok', expect.stringContaining('changes are planned there')],
    [SHOP, 'ok', expect.stringContaining('changes are planned there')],
    [LAB, 'ok', 'is configured by each account itself'],
  ]);
  const away = await told((yaml) => yaml.replace('---', 'callingAccount: exclude\n---'));
  expect(away.filter(([, status]) => status === 'failed').map(([account]) => account)).toEqual([WEB, SHOP]);
});
