/** What only shows over HTTP: policies of the organisation, answers that lag behind, names that are taken. */
import { EC2Client, EnableEbsEncryptionByDefaultCommand, ResetEbsDefaultKmsKeyIdCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/run.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { planNow } from '../contract/contract.ts';
import { applyCells, changing, undoPlan } from '../support/apply.ts';
import { withSandbox } from '../support/sandbox.ts';
import { ACCOUNT, fleetYaml, REGION, seedWith } from '../support/worlds.ts';

const policy = (guardrails: string): string =>
  `${fleetYaml(ACCOUNT)}kind: Policy\nname: p\ntargets: { accounts: [all] }\nguardrails: { ${guardrails} }`;

/** Settings in the words of the seed, guardrails in those of the state. */
function on<Result>(
  [settings, guardrails]: readonly [string, string],
  work: (run: Run, sandbox: Sandbox) => Promise<Result>,
): Promise<Result> {
  return withSandbox({ seed: seedWith(settings), state: policy(guardrails) }, work);
}

const writes = (sandbox: Sandbox) =>
  sandbox.requests
    .map(({ action }) => action)
    .filter((action) => /^(Enable|Disable|Modify|Reset|Put|Create|Delete)/.test(action));

describe('what a declarative policy manages', () => {
  const MANAGED = [
    ['snapshots', 'snapshot-public-access: { state: block-all-sharing }', ''],
    ['images', 'image-public-access: { state: block-new-sharing }', ''],
    ['serialConsole', 'serial-console: { enabled: true }', ''],
    ['metadata', 'instance-metadata-defaults: { httpTokens: required }', ', which says: Set by the platform team'],
  ] as const;

  it.each(MANAGED)('%s is held and never tried', (what, guardrails, note) =>
    on([`[{ managed: [${what}] }]`, guardrails], async (run, sandbox) => {
      const plan = await planNow(run);
      expect(plan.cells.map(({ outcome, reason }) => [outcome, reason?.message])).toEqual([
        ['held', `managed by a declarative policy of the organisation${note}`],
      ]);
      await applyCells(run, plan.cells);
      expect(writes(sandbox)).toEqual([]);
    }),
  );

  it('is in state when the policy says the same', () =>
    on(['[{ managed: [snapshots], snapshots: block-all-sharing }]', MANAGED[0][1]], async (run) => {
      expect((await planNow(run)).cells).toEqual([]);
    }));

  it('is held when it took over after the plan was made', () =>
    on(['[{}]', MANAGED[0][1]], async (run, sandbox) => {
      const plan = await planNow(run);
      Object.assign(sandbox.world.settings.in(ACCOUNT, REGION), { managed: new Set(['snapshots']) });
      const { outcomes } = await applyCells(run, changing(plan));
      expect(outcomes.map(({ result, reason }) => [result, reason?.code])).toEqual([['held', 'managed-elsewhere']]);
      expect(writes(sandbox)).toEqual([]);
    }));

  it('is held on the way back, too', () =>
    on(['[{}]', MANAGED[0][1]], async (run, sandbox) => {
      const applied = await applyCells(run, changing(await planNow(run)));
      Object.assign(sandbox.world.settings.in(ACCOUNT, REGION), { managed: new Set(['snapshots']) });
      const back = await undoPlan(run, applied);
      expect(back.cells.map(({ outcome, reason }) => [outcome, reason?.code])).toEqual([['held', 'managed-elsewhere']]);
    }));
});

describe('an image block that shows late', () => {
  const IMAGES = 'image-public-access: { state: block-new-sharing }';
  const clockOf = (sandbox: Sandbox) => async (ms: number) => sandbox.world.clock.move(ms / 1000);

  it('is applied when EC2 shows it, after ten minutes of the old answer', () =>
    on(['[{ imagesSettleSeconds: 600 }]', IMAGES], async (run, sandbox) => {
      const started = sandbox.world.clock.now();
      const { outcomes } = await applyCells(run, changing(await planNow(run)), { wait: clockOf(sandbox) });
      expect(outcomes.map(({ result }) => result)).toEqual(['applied']);
      expect((sandbox.world.clock.now() - started) / 1000).toBeGreaterThanOrEqual(600);
      expect((sandbox.world.clock.now() - started) / 1000).toBeLessThan(640);
      expect(writes(sandbox)).toEqual(['EnableImageBlockPublicAccess']);
      expect((await planNow(run)).cells).toEqual([]);
    }));

  it('is not verified when it never shows', () =>
    on(['[{ imagesSettleSeconds: 100000 }]', IMAGES], async (run, sandbox) => {
      const { outcomes } = await applyCells(run, changing(await planNow(run)), { wait: clockOf(sandbox) });
      expect(outcomes.map(({ result, reason }) => [result, reason?.code])).toEqual([['failed', 'not-verified']]);
    }));

  it('is not waited for when EC2 refused the change', () =>
    on(['[{ imagesSettleSeconds: 600 }]', IMAGES], async (run, sandbox) => {
      const plan = await planNow(run);
      sandbox.fault({ match: { action: 'EnableImageBlockPublicAccess' }, do: 'deny' });
      const started = sandbox.world.clock.now();
      const { outcomes } = await applyCells(run, changing(plan), { wait: clockOf(sandbox) });
      expect(outcomes.map(({ result, reason }) => [result, reason?.code])).toEqual([['failed', 'access-denied']]);
      expect((sandbox.world.clock.now() - started) / 1000).toBeLessThan(60);
    }));

  it('stops waiting on request, and the next run goes on from what is there', () =>
    on(['[{ imagesSettleSeconds: 600 }]', IMAGES], async (run, sandbox) => {
      const stop = new AbortController();
      const plan = await planNow(run);
      const wait = async () => stop.abort();
      const { outcomes } = await applyCells(run, changing(plan), { wait, signal: stop.signal });
      expect(outcomes.map(({ result }) => result)).toEqual(['interrupted']);
      expect((await planNow(run)).digest).toBe(plan.digest);
      await clockOf(sandbox)(600_000);
      expect((await planNow(run)).cells).toEqual([]);
    }));

  it('does not keep the other settings of the region waiting', () =>
    on(
      ['[{ imagesSettleSeconds: 600 }]', `${IMAGES}, snapshot-public-access: { state: block-all-sharing }`],
      async (run, sandbox) => {
        const plan = await planNow(run);
        expect(plan.cells.map(({ address }) => address.resource)).toEqual([
          'image-public-access',
          'snapshot-public-access',
        ]);
        await applyCells(run, changing(plan), { wait: clockOf(sandbox) });
        expect(writes(sandbox)).toEqual(['EnableSnapshotBlockPublicAccess', 'EnableImageBlockPublicAccess']);
      },
    ));
});

it('knows the AWS managed key by both of the names that EC2 has for it', () =>
  on(['[{ encryption: true }]', 'ebs-encryption: { encrypted: true, key: aws-managed }'], async (run, sandbox) => {
    expect((await planNow(run)).cells).toEqual([]);
    const { url: endpoint, credentials } = sandbox;
    const ec2 = new EC2Client({ endpoint, region: REGION, credentials });
    const { KmsKeyId } = await ec2.send(new ResetEbsDefaultKmsKeyIdCommand({}));
    expect(KmsKeyId).toMatch(/^arn:aws:kms:/);
    expect((await planNow(run)).cells).toEqual([]);
  }));

it('leaves a key alone that the state does not name', () =>
  on(
    ['[{ key: "arn:aws:kms:eu-west-1:999988887777:key/theirs" }]', 'ebs-encryption: { encrypted: true }'],
    async (run) => {
      const [cell] = (await planNow(run)).cells;
      expect(cell?.after).toEqual({ encrypted: true, key: 'arn:aws:kms:eu-west-1:999988887777:key/theirs' });
      expect(cell?.steps).toHaveLength(1);
    },
  ));

it('reports an alias that another account has, and keeps the old one', () =>
  on(['[{}]', 'account-alias: { alias: taken }'], async (run, sandbox) => {
    sandbox.world.accounts.get(ACCOUNT)?.aliases.push('old-name');
    const plan = await planNow(run);
    sandbox.fault({
      match: { action: 'CreateAccountAlias' },
      do: { code: 'EntityAlreadyExists', status: 409, message: 'The account alias taken already exists.' },
    });
    const { outcomes } = await applyCells(run, changing(plan));
    expect(outcomes.map(({ result, reason }) => [result, reason?.message])).toEqual([
      ['failed', expect.stringContaining('The account alias taken already exists.')],
    ]);
    expect(sandbox.world.accounts.get(ACCOUNT)?.aliases).toEqual(['old-name']);
  }));

it('sees a change that somebody made between review and apply', () =>
  on(
    ['[{}]', 'ebs-encryption: { encrypted: true, key: "arn:aws:kms:{region}:{account}:key/own" }'],
    async (run, sandbox) => {
      const plan = await planNow(run);
      const { url: endpoint, credentials } = sandbox;
      await new EC2Client({ endpoint, region: REGION, credentials }).send(new EnableEbsEncryptionByDefaultCommand({}));
      const { outcomes } = await applyCells(run, changing(plan));
      expect(outcomes.map(({ result }) => result)).toEqual(['moved']);
    },
  ));

it('tells a denied block of S3 as unread, and what to allow', () =>
  on(['[{}]', 's3-public-access: { blockPublicPolicy: true }'], async (run, sandbox) => {
    sandbox.fault({ match: { action: 'GetPublicAccessBlock' }, do: 'deny' });
    const [cell] = (await planNow(run)).cells;
    expect([cell?.outcome, cell?.reason?.code]).toEqual(['unread', 'access-denied']);
  }));

describe('an exception for one field, where there is nothing yet', () => {
  const spare = (guardrail: string, field: string) =>
    `\n---\nkind: Exceptions\nexceptions:\n  - { guardrail: ${guardrail}, scope: { field: ${field} }, owner: a, reason: b, expires: 2026-12-31 }\n`;
  const HERE = [
    [
      'password-policy: { minimumLength: 14, requireSymbols: true }',
      'minimumLength',
      { minimumLength: 8, requireSymbols: true },
    ],
    [
      'password-policy: { minimumLength: 14, requireSymbols: true }',
      'requireSymbols',
      { minimumLength: 14, requireSymbols: false },
    ],
    [
      's3-public-access: { blockPublicAcls: true, blockPublicPolicy: true }',
      'blockPublicAcls',
      { blockPublicAcls: false, blockPublicPolicy: true },
    ],
  ] as const;

  it.each(HERE)('%s without %s leaves what AWS does there, and is seen to be so', (guardrails, field, after) =>
    withSandbox(
      { seed: seedWith('[{}]'), state: policy(guardrails) + spare(guardrails.split(':')[0] ?? '', field) },
      async (run) => {
        const plan = await planNow(run);
        expect(plan.cells).toMatchObject([{ outcome: 'change', before: {}, after }]);
        const applied = await applyCells(run, changing(plan));
        expect(applied.outcomes).toMatchObject([{ result: 'applied' }]);
        expect((await planNow(run)).cells).toEqual([]);
        await applyCells(run, changing(await undoPlan(run, applied)));
        expect((await planNow(run)).digest).toBe(plan.digest);
      },
    ),
  );

  it('creates nothing where the field is all that was asked for', () =>
    withSandbox(
      {
        seed: seedWith('[{}]'),
        state: policy('password-policy: { minimumLength: 14 }') + spare('password-policy', 'minimumLength'),
      },
      async (run) => {
        const plan = await planNow(run);
        expect(plan.cells).toEqual([]);
        expect(plan.exemptions).toMatchObject([{ spares: 1 }]);
      },
    ));
});
