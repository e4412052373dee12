/** What can go wrong with controls of Security Hub, and what is said about it. */
import { afterEach, describe, expect, it } from 'vitest';
import { observe, plan as planOf } from '../../src/reconcile.ts';
import { planNow } from '../contract/contract.ts';
import { type Applied, applyCells, changing, undoPlan } from '../support/apply.ts';
import { type Desk, FIVE, openHub, TWENTY } from '../support/hub.ts';
import { ACCOUNT, fleetYaml, REGION } from '../support/worlds.ts';

let desk: Desk;
afterEach(() => desk.close());

const disable = (ids: readonly string[], more = '') =>
  `  security-hub-controls:\n    disabled:\n${ids.map((id) => `      ${id}: covered elsewhere\n`).join('')}${more}`;
const hubHere = () => desk.sandbox.world.hubs.in(ACCOUNT, REGION);
const ends = ({ outcomes }: Applied) =>
  Object.fromEntries(outcomes.map(({ cell, result, reason }) => [cell.address.id, reason?.code ?? result]));
const NIST = FIVE[3];
/** Security Hub is at work on one of the standards. */
const prepare = (seconds: number) =>
  hubHere().subscriptions.set(NIST, { readyAt: desk.sandbox.world.clock.now() + seconds * 1000 });

describe('a batch that is carried out in part', () => {
  it('fails exactly the cells that were left unprocessed, and the next run converges', async () => {
    desk = await openHub('{ unprocessed: { IAM.1: LIMIT_EXCEEDED, S3.1: ACCESS_DENIED } }');
    const run = await desk.open(disable(TWENTY));
    const applied = await applyCells(run, changing(await planNow(run)), desk);
    const failed = applied.outcomes.filter(({ result }) => result !== 'applied');
    expect(failed.map(({ cell, result }) => [cell.address.id, result])).toEqual([
      ['IAM.1', 'failed'],
      ['S3.1', 'failed'],
    ]);
    expect(failed[0]?.reason?.message).toContain(
      'LIMIT_EXCEEDED: left unprocessed in cis-1.2, cis-3.0, fsbp, nist-800-53, pci-dss-4.0.1',
    );
    const results = applied.journal.lines.flatMap(({ entry }) => (entry.kind === 'result' ? [entry.ok] : []));
    expect(results.filter((ok) => !ok)).toHaveLength(2);
    expect(applied.journal.faults).toEqual([]);
    expect(changing(await planNow(run)).map(({ address }) => address.id)).toEqual(['IAM.1', 'S3.1']);
    hubHere().unprocessed.clear();
    expect(ends(await applyCells(run, changing(await planNow(run)), desk))).toEqual({
      'IAM.1': 'applied',
      'S3.1': 'applied',
    });
    expect((await planNow(run)).cells).toEqual([]);
  });

  it('is throttled at first: some cells fail and say so, others are applied, the next run converges', async () => {
    desk = await openHub('{ unprocessed: { S3.1: LIMIT_EXCEEDED } }');
    const run = await desk.open(
      disable(TWENTY),
      fleetYaml(ACCOUNT).replace('---', 'limits: { itemsPerCall: 50 }\n---'),
    );
    const write = { service: 'securityhub', action: 'BatchUpdateStandardsControlAssociations' };
    // The first of the two joint calls, and every repetition that the client makes of it.
    desk.sandbox.fault({ match: { ...write, times: 2 }, do: 'throttle' });
    const applied = await applyCells(run, changing(await planNow(run)), desk);
    const codes = Object.values(ends(applied));
    expect(codes.filter((code) => code === 'throttled')).toHaveLength(10);
    expect(codes.filter((code) => code === 'applied')).toHaveLength(9);
    expect(codes.filter((code) => code === 'aws-error')).toHaveLength(1);
    hubHere().unprocessed.clear();
    const rest = changing(await planNow(run));
    expect(rest).toHaveLength(11);
    expect(new Set(Object.values(ends(await applyCells(run, rest, desk))))).toEqual(new Set(['applied']));
    expect((await planNow(run)).cells).toEqual([]);
  });

  it('counts as applied where the answer was lost and the calls were not', async () => {
    desk = await openHub();
    const run = await desk.open(disable(TWENTY));
    desk.sandbox.fault({ match: { action: 'BatchUpdateStandardsControlAssociations' }, do: 'drop-after' });
    const applied = await applyCells(run, changing(await planNow(run)), desk);
    expect(new Set(Object.values(ends(applied)))).toEqual(new Set(['applied']));
  });

  it('is never reported as applied while AWS does not show it', async () => {
    desk = await openHub();
    const run = await desk.open(disable(['IAM.1', 'IAM.2']));
    const applied = await applyCells(run, changing(await planNow(run)), {
      ...desk,
      breakSession: (session) => ({
        ...session,
        send: async (call) =>
          call.operation === 'securityhub:BatchUpdateStandardsControlAssociations' ? ({} as never) : session.send(call),
      }),
    });
    expect(ends(applied)).toEqual({ 'IAM.1': 'not-verified', 'IAM.2': 'not-verified' });
  });

  it('splits what AWS refuses as a whole for one bad item', async () => {
    desk = await openHub();
    const run = await desk.open(disable(TWENTY));
    const cells = changing(await planNow(run));
    desk.sandbox.fault({
      match: { action: 'BatchUpdateStandardsControlAssociations', times: 1 },
      do: { code: 'InvalidInputException', status: 400, message: 'too many' },
    });
    expect(new Set(Object.values(ends(await applyCells(run, cells, desk))))).toEqual(new Set(['applied']));
  });

  it('stops before the joint call when it is told to, and leaves nothing half-done', async () => {
    desk = await openHub();
    const run = await desk.open(disable(TWENTY));
    const stop = new AbortController();
    const applied = await applyCells(run, changing(await planNow(run)), {
      ...desk,
      signal: stop.signal,
      breakSession: (session) => ({
        ...session,
        send: (call) => {
          if (call.operation === 'securityhub:BatchGetStandardsControlAssociations') stop.abort();
          return session.send(call);
        },
      }),
    });
    expect(new Set(Object.values(ends(applied)))).toEqual(new Set(['interrupted']));
    expect(hubHere().associations.size).toBe(0);
  });

  it('ends the run when the journal cannot be written, and sends nothing for it', async () => {
    desk = await openHub();
    const run = await desk.open(disable(TWENTY));
    const { journalFailure } = await import('../../src/model/journal.ts');
    let intents = 0;
    const broken = applyCells(run, changing(await planNow(run)), {
      ...desk,
      breakJournal: (journal) => ({
        ...journal,
        append: async (target, entry) => {
          if (entry.kind === 'intent') intents += 1;
          if (intents >= 5) throw journalFailure('there', undefined);
          await journal.append(target, entry);
        },
      }),
    });
    await expect(broken).rejects.toMatchObject({ code: 'journal-failed' });
    // Four had written their intent before: what is recorded may happen.
    const sent = desk.sandbox.requests.filter(({ action }) => action.startsWith('BatchUpdate'));
    expect(sent.flatMap(({ input }) => (input.StandardsControlAssociationUpdates as unknown[]).length)).toEqual([20]);
  });

  it('does not touch a control that moved since the plan, and carries out the others', async () => {
    desk = await openHub();
    const run = await desk.open(disable(['IAM.1', 'IAM.2']));
    const cells = changing(await planNow(run));
    hubHere().associations.set(`IAM.2 ${NIST}`, { status: 'DISABLED', reason: 'by hand', at: 0 });
    expect(ends(await applyCells(run, cells, desk))).toEqual({ 'IAM.1': 'applied', 'IAM.2': 'moved' });
  });
});

describe('a standard that is not ready', () => {
  it('is waited for', async () => {
    desk = await openHub();
    prepare(30);
    const run = await desk.open(disable(['IAM.1']));
    expect(changing(await planNow(run))).toHaveLength(1);
  });

  it('holds the controls that it has, and no others, once that takes too long', async () => {
    desk = await openHub();
    prepare(3600);
    const run = await desk.open(disable(['IAM.1', 'IAM.5']));
    const plan = await planNow(run);
    expect(plan.cells.map(({ address, outcome, reason }) => [address.id, outcome, reason?.code])).toEqual([
      ['IAM.1', 'held', 'standard-not-ready'],
      // NIST 800-53 does not have it.
      ['IAM.5', 'change', undefined],
    ]);
    await desk.wait(3_600_000);
    expect(changing(await planNow(run))).toHaveLength(2);
  });

  it('does not look as if its controls were off', async () => {
    desk = await openHub();
    prepare(3600);
    const run = await desk.open('  security-hub-controls: { enabled: [IAM.1] }');
    expect((await planNow(run)).cells).toMatchObject([{ outcome: 'held', reason: { code: 'standard-not-ready' } }]);
  });

  it('holds a cell whose standard became busy after the plan', async () => {
    desk = await openHub();
    const run = await desk.open(disable(['IAM.1']));
    const cells = changing(await planNow(run));
    prepare(3600);
    const { outcomes } = await applyCells(run, cells, desk);
    expect(outcomes).toMatchObject([{ result: 'moved' }]);
  });
});

describe('where there is nothing to change', () => {
  it('says that Security Hub is not enabled, and counts it as unread', async () => {
    desk = await openHub('{ enabled: false }');
    const { cells } = await planNow(await desk.open(disable(['IAM.1'])));
    expect(cells).toMatchObject([
      {
        outcome: 'unread',
        reason: { code: 'security-hub-not-enabled', advice: expect.stringContaining('"security-hub"') },
      },
    ]);
  });

  it('does not take another 401 for a hub that is off', async () => {
    desk = await openHub();
    const message = 'Account is not an administrator for this organization';
    desk.sandbox.fault({
      match: { action: 'GetEnabledStandards' },
      do: { code: 'InvalidAccessException', status: 401, message },
    });
    const { cells } = await planNow(await desk.open(disable(['IAM.1'])));
    expect(cells).toMatchObject([
      { outcome: 'unread', reason: { code: 'aws-error', message: expect.stringContaining(message) } },
    ]);
  });

  it('notes what a region lacks, and holds what nobody has, with what was meant', async () => {
    desk = await openHub();
    const plan = await planNow(await desk.open(disable(['CloudFront.1', 'IAM.66', 'AzureStorage.1'])));
    expect(plan.notes).toMatchObject([{ code: 'not-available-here', address: { id: 'CloudFront.1' } }]);
    expect(plan.cells).toMatchObject([
      { address: { id: 'AzureStorage.1' }, outcome: 'held', reason: { code: 'unknown-control' } },
      {
        address: { id: 'IAM.66' },
        outcome: 'held',
        reason: { code: 'unknown-control', advice: expect.stringContaining('IAM.') },
      },
    ]);
  });

  it('notes what is said for one standard alone where that is not enabled, or does not have the control', async () => {
    desk = await openHub();
    const run = await desk.open(
      '  security-hub-controls: { standards: { nist-800-171: { disabled: { IAM.1: x } }, nist-800-53: { disabled: { IAM.5: y, IAM.1: z } } } }',
    );
    const plan = await planNow(run);
    expect(plan.notes.map(({ code, address, message }) => [code, address?.id, message])).toEqual([
      ['in-no-standard', 'IAM.1', 'not in nist-800-171, or that standard is not enabled here'],
      ['in-no-standard', 'IAM.5', 'not in nist-800-53, or that standard is not enabled here'],
    ]);
    expect(changing(plan).map(({ address }) => address.id)).toEqual(['IAM.1']);
  });

  it('holds a parameter that the control does not have, or of another kind', async () => {
    desk = await openHub();
    const run = await desk.open(
      '  security-hub-controls: { parameters: { IAM.7: { MinimumPasswordLength: long }, IAM.1: { Speed: 3 } } }',
    );
    const { cells } = await planNow(run);
    expect(cells.map(({ address, reason }) => [address.id, reason?.message])).toEqual([
      ['IAM.1', 'IAM.1 has no parameter Speed'],
      ['IAM.7', 'parameter MinimumPasswordLength of IAM.7 takes Integer'],
    ]);
  });

  it('reports what is off although nobody said why, only where it is asked to', async () => {
    desk = await openHub('{ disabled: { S3.2: because } }');
    hubHere().associations.set(`S3.1 ${NIST}`, { status: 'DISABLED', at: 0 });
    const asked = await desk.open('  security-hub-controls: { newControls: report, enabled: [IAM.1] }');
    const { notes } = await planNow(asked);
    expect(notes.filter(({ code }) => code === 'new-control')).toMatchObject([{ address: { id: 'S3.1' } }]);
    const silent = await desk.open('  security-hub-controls: { enabled: [IAM.1] }');
    expect((await planNow(silent)).notes).toEqual([]);
  });

  it('is unread when a stored snapshot was never asked for the control', async () => {
    desk = await openHub();
    const before = await desk.open(disable(['IAM.1']));
    const snapshot = await observe(before);
    const later = await desk.open(disable(['IAM.1', 'IAM.2']));
    expect(planOf(later, snapshot).cells).toMatchObject([{ outcome: 'unread', reason: { code: 'not-read' } }]);
  });

  it('is unread when an answer has gaps that mean nothing', async () => {
    desk = await openHub();
    desk.sandbox.fault({ match: { action: 'BatchGetStandardsControlAssociations' }, do: 'throttle' });
    const { cells } = await planNow(await desk.open(disable(['IAM.1'])));
    expect(cells).toMatchObject([{ outcome: 'unread', reason: { code: 'throttled' } }]);
  });
});

describe('central configuration', () => {
  const central = (more = '') =>
    fleetYaml(ACCOUNT).replace(
      '---',
      `securityHub: { administrator: "${ACCOUNT}", homeRegion: ${REGION}${more} }\n---`,
    );
  const CENTRAL = `home: ${REGION}\n  configuration: CENTRAL`;

  it('holds controls and the hub, and says who decides', async () => {
    desk = await openHub('{ central: true }', CENTRAL);
    const run = await desk.open(`${disable(['IAM.1'])}  security-hub: { standards: [cis-1.4] }\n`, central());
    expect((await planNow(run)).cells).toMatchObject([
      { address: { resource: 'security-hub' }, outcome: 'held', reason: { code: 'managed-centrally' } },
      {
        address: { resource: 'security-hub-control' },
        outcome: 'held',
        reason: { message: expect.stringContaining(ACCOUNT) },
      },
    ]);
  });

  it('leaves alone whoever manages itself, and regions that are not linked', async () => {
    desk = await openHub('{}', CENTRAL);
    const self = await desk.open(disable(['IAM.1']), central());
    expect(changing(await planNow(self))).toHaveLength(1);
    await desk.close();
    desk = await openHub('{ central: true }', CENTRAL);
    const linked = (home: string) =>
      central(', linkedRegions: [us-east-1]').replace(`homeRegion: ${REGION} `, `homeRegion: ${home} `);
    const here = await desk.open(disable(['IAM.1']), linked(REGION));
    expect((await planNow(here)).cells).toMatchObject([{ outcome: 'held' }]);
  });

  it('holds when the administrator does not answer', async () => {
    desk = await openHub('{}', 'home: us-east-1');
    const run = await desk.open(disable(['IAM.1']), central());
    expect((await planNow(run)).cells).toMatchObject([{ outcome: 'held', reason: { code: 'central-unknown' } }]);
  });

  it('that nobody told of fails every cell with what AWS said', async () => {
    desk = await openHub('{ central: true }', CENTRAL);
    const run = await desk.open(disable(['IAM.1', 'IAM.2']));
    expect(ends(await applyCells(run, changing(await planNow(run)), desk))).toEqual({
      'IAM.1': 'access-denied',
      'IAM.2': 'access-denied',
    });
  });
});

describe('several policies', () => {
  const policies = (...bodies: readonly string[]) =>
    bodies
      .map((body, i) => `kind: Policy\nname: p${i}\ntargets: { accounts: [all] }\n${body}`)
      .join('---\n')
      .replace('kind: Policy\nname: p0\ntargets: { accounts: [all] }\nguardrails:\n', '');
  const guardrails = (body: string) => `guardrails:\n${body}`;

  it('may each speak of other controls, or say the same', async () => {
    desk = await openHub();
    const run = await desk.open(policies(guardrails(disable(['IAM.1'])), guardrails(disable(['IAM.1', 'IAM.2']))));
    const cells = changing(await planNow(run));
    expect(cells.map(({ address }) => address.id)).toEqual(['IAM.1', 'IAM.2']);
    expect(cells[1]?.causes).toMatchObject([{ policy: 'p1', guardrail: 'security-hub-controls' }]);
    expect(cells[1]?.causes[0]?.at.line).toBeGreaterThan(15);
  });

  it('that contradict each other are refused with both lines, unless one overrides the other', async () => {
    desk = await openHub();
    const on = '  security-hub-controls: { enabled: [IAM.1] }\n';
    const run = await desk.open(policies(guardrails(disable(['IAM.1'])), guardrails(on)));
    await expect(planNow(run)).rejects.toMatchObject({
      code: 'conflicting-setters',
      message: expect.stringContaining('IAM.1: status'),
      problems: [{ at: { line: expect.any(Number) } }, { at: { line: expect.any(Number) } }],
    });
    const decided = await desk.open(policies(guardrails(disable(['IAM.1'])), `overrides: [hub]\n${guardrails(on)}`));
    expect((await planNow(decided)).cells).toEqual([]);
  });
});

it('spares what an exception names: a control, or one standard of it', async () => {
  desk = await openHub();
  const exceptions = (scope: string) =>
    `---\nkind: Exceptions\nexceptions:\n  - { guardrail: security-hub-controls, scope: ${scope}, owner: a, reason: b, expires: 2026-12-31 }\n`;
  const whole = await planNow(await desk.open(disable(['IAM.1', 'IAM.2'], exceptions('{ control: IAM.1 }'))));
  expect(whole.cells.map(({ address }) => address.id)).toEqual(['IAM.2']);
  expect(whole.exemptions).toMatchObject([{ spares: 1 }]);
  const part = await planNow(await desk.open(disable(['IAM.1'], exceptions('{ control: IAM.1, field: status fsbp }'))));
  expect(part.cells[0]?.after).toMatchObject({ 'status fsbp': 'ENABLED', 'status cis-1.2': 'DISABLED' });
});

it('goes back to what was there, also after a run that was carried out in part', async () => {
  desk = await openHub('{ unprocessed: { IAM.1: LIMIT_EXCEEDED } }');
  const run = await desk.open(disable(['IAM.1', 'IAM.2']));
  const before = (await observe(run)).readings;
  const applied = await applyCells(run, changing(await planNow(run)), desk);
  hubHere().unprocessed.clear();
  await applyCells(run, changing(await undoPlan(run, applied)), desk);
  expect((await observe(run)).readings).toEqual(before);
});
