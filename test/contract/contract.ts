/** What every guardrail must do on every AWS: one suite, the cases beside the guardrails. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import type { Observation } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { observe, plan as planOf } from '../../src/reconcile.ts';
import { type Run, resources } from '../../src/run.ts';
import { type Applied, applyCells, changing, undoPlan } from '../support/apply.ts';
import { type Administrator, policyYaml, type World, type WorldKind } from '../support/worlds.ts';

export type ContractCase = {
  readonly title: string;
  /** The `guardrails:` of one policy, as YAML flow or block text indented by two. */
  readonly guardrails: string;
  /** Brings the account into a state that the guardrail has something to do about. */
  readonly arrange?: (administrator: Administrator) => Promise<void>;
  /** How many cells must change, so that a guardrail that does nothing does not pass; none of one that only tells. */
  readonly changes: number;
};

/** A case is one journey through one world: each test goes on where the one before it has arrived. */
export function contract(kind: WorldKind, guardrail: string, cases: readonly ContractCase[]): void {
  describe.each(cases)(`${guardrail} on ${kind.name}: $title`, ({ guardrails, arrange, changes }) => {
    let world: World;
    let run: Run;
    let before: Snapshot;
    let plan: Plan;
    let applied: Applied;
    beforeAll(async () => {
      world = await kind.start();
      await arrange?.(world.administrator);
      run = await world.open(policyYaml(guardrails));
    });
    afterAll(() => world.close());

    it('plans as plain data, the same every time, without writing', async () => {
      const arranged = world.sent?.().length ?? 0;
      before = await observe(run);
      plan = planOf(run, before);
      expect(changing(plan)).toHaveLength(changes);
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      expect((await planNow(run)).digest).toBe(plan.digest);
      expect(writesAmong(world.sent?.().slice(arranged) ?? [])).toEqual([]);
    });

    it('writes only through sessions that allow what was planned, and nothing that is done already', async () => {
      applied = await applyCells(run, changing(plan), world);
      const { sessions, journal } = applied;
      const planned = new Set(plan.cells.flatMap(({ steps }) => steps.map(({ call }) => call.operation)));
      const actions = [...planned].flatMap((id) => actionOf(id));
      const allowed = new Set(sessions.flatMap(({ policy }) => policy.Statement.flatMap(({ Action }) => [...Action])));
      expect(actions.length > 0).toBe(changes > 0);
      for (const action of actions) expect(allowed).toContain(action);
      expect(journal.faults).toEqual([]);
      expect(journal.closed).toBe(true);
      const again = await applyCells(run, changing(plan), world);
      expect(again.journal.lines.filter(({ entry }) => entry.kind === 'intent')).toEqual([]);
    });

    it('has nothing left to do once it was applied', async () => {
      expect(applied.outcomes.map(({ result, reason }) => ({ result, reason }))).toEqual(
        changing(plan).map(() => ({ result: 'applied', reason: undefined })),
      );
      expect(changing(await planNow(run))).toEqual([]);
    });

    it('gives back every value when it is undone', async () => {
      const back = await undoPlan(run, applied);
      const undone = await applyCells(run, changing(back), world);
      expect(undone.outcomes.every(({ result }) => result === 'applied')).toBe(true);
      const after = await observe(run);
      expect(values(after)).toEqual(values(before));
      expect(changing(planOf(run, after))).toHaveLength(changes);
    });

    it('is left alone where it is not as it was planned from', async () => {
      const elsewhere = changing(plan).map((cell) => ({ ...cell, before: { ...cell.before, 'planned from': 'this' } }));
      const { outcomes, journal } = await applyCells(run, elsewhere, world);
      expect(outcomes.map(({ result }) => result)).toEqual(elsewhere.map(() => 'moved'));
      expect(journal.lines.filter(({ entry }) => entry.kind === 'intent')).toEqual([]);
    });
  });
}

export async function planNow(run: Run): Promise<Plan> {
  return planOf(run, await observe(run));
}

/** Values of everything observed, closest reading of each; handles are not values. */
export function values(snapshot: Snapshot): { readonly [address: string]: Observation['value'] } {
  const sorted = [...snapshot.readings].sort((a, b) => Number(a.want.close ?? false) - Number(b.want.close ?? false));
  return Object.fromEntries(
    sorted
      .filter(({ reader }) => resources.has(reader))
      .flatMap(({ account, region, reader, found }) =>
        Object.entries(found).map(([id, { value }]) => [`${account}/${region}/${reader}/${id}`, value]),
      ),
  );
}

/** The IAM action of an operation, or what it is called itself. */
function actionOf(id: string): string[] {
  const writes = [...resources.values()].flatMap((resource) => [...resource.writes]);
  return writes.filter((write) => write.id === id).flatMap(({ permissions: [first] }) => first?.action ?? id);
}

function writesAmong(sent: readonly string[]): string[] {
  const writes = new Set([...resources.values()].flatMap((resource) => resource.writes.map(({ id }) => id)));
  return sent.filter((id) => writes.has(id));
}
