/** All controls at once, and what is none of an account's own: Azure's standards. */
import { afterEach, expect, it } from 'vitest';
import { planNow } from '../contract/contract.ts';
import { applyCells, changing } from '../support/apply.ts';
import { type Desk, openHub } from '../support/hub.ts';
import { ACCOUNT, REGION } from '../support/worlds.ts';

let desk: Desk;
afterEach(() => desk?.close());

const AZURE = 'standards/cis-microsoft-azure-foundations-benchmark/v/3.0.0';

it('all controls that are not named are off, with a reason, and the next plan has nothing to do', async () => {
  desk = await openHub();
  const run = await desk.open('  security-hub-controls: { otherControls: disabled, enabled: [IAM.6, S3.1] }');
  const plan = await planNow(run);
  // Three hundred, less the two that stay on, those that the region lacks, and those that no standard here has.
  expect(changing(plan).length).toBeGreaterThan(250);
  expect(plan.breaches.map(({ code }) => code)).toContain('too-many-changes');
  desk.sent();
  const { outcomes } = await applyCells(run, changing(plan));
  expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(['applied']));
  expect(desk.sent().filter((action) => action.startsWith('BatchUpdate')).length).toBeLessThan(20);
  expect((await planNow(run)).cells).toEqual([]);
  const hub = desk.sandbox.world.hubs.in(ACCOUNT, REGION);
  expect([...hub.associations.keys()].filter((key) => /^(IAM\.6|S3\.1) /.test(key))).toEqual([]);
  expect(new Set([...hub.associations.values()].map(({ reason }) => reason))).toEqual(
    new Set(['Not among the controls that are used here']),
  );
});

it("Azure's standards and controls are nobody's business here, also where everything else is decided", async () => {
  desk = await openHub();
  const hub = desk.sandbox.world.hubs.in(ACCOUNT, REGION);
  hub.subscriptions.set(AZURE, { readyAt: 0 });
  const run = await desk.open(
    `  security-hub: { standards: [fsbp], otherStandards: disabled }\n  security-hub-controls: { otherControls: enabled, newControls: leave }\n`,
  );
  const plan = await planNow(run);
  expect(JSON.stringify(plan)).not.toContain('zure');
  await applyCells(run, changing(plan));
  expect([...hub.subscriptions.keys()].sort()).toEqual([
    'standards/aws-foundational-security-best-practices/v/1.0.0',
    AZURE,
  ]);
});
