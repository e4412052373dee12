/**
 * The way back from a run: every field that it moved returns to what it was, and nothing else moves.
 * Undo is the transition with its arguments turned round, planned and executed like any other plan.
 */
import { type Protection, protectedCell } from '../fleet/protection.ts';
import { addressKey, byText, targetKey } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import { type Json, same } from '../model/json.ts';
import { type Cell, type Evidence, type Plan, pointsOf, valuesOnTheWay, type Way } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import type { Observation, Resource, Value } from '../model/resource.ts';
import type { Read, Snapshot } from '../model/snapshot.ts';
import type { ChangeLimits } from '../model/state.ts';
import type { Quotas } from './context.ts';
import { digestOf, rootDigest } from './digest.ts';
import { evidenceFrom, NOT_ASKED, type Tell } from './evidence.ts';
import { breachesOf, type GuardrailsOf, guardrailsIn } from './limits.ts';
import { type Survey, surveyOf } from './survey.ts';

/** A cell that a run touched, as its journal has it. */
export type Touched = { readonly run: string; readonly cells: readonly Cell[]; readonly names: Plan['names'] };

/** What must be read to plan the way back. */
export function undoReads({ cells }: Touched): Read[] {
  const asks = cells.flatMap((cell) =>
    [cell.address.resource, ...readersOfUsers(cell)].map((reader) => ({ ...cell.address, reader })),
  );
  const places = groupBy(asks, (ask) => `${targetKey(ask)}/${ask.reader}`);
  return [...places.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const { account, region, reader } = first;
    const ids = [...new Set(same.map(({ id }) => id))].sort();
    return [{ account, region, reader, want: { ids, close: true } }];
  });
}

/** Who used it when the run was planned may be others now. What is felt elsewhere is looked at just before the call. */
function readersOfUsers({ affects, evidence }: Cell): readonly string[] {
  return affects ? [] : evidence.map(({ reader }) => reader);
}

/** Only what `bounds` names can be turned back, and nothing that it protects. */
export type UndoBounds = {
  readonly resources: ReadonlyMap<string, Resource>;
  readonly protection: Protection;
  readonly quotas: Quotas;
  readonly limits: ChangeLimits;
  /** Reader of evidence → who uses it, in words. */
  readonly tell: ReadonlyMap<string, Tell>;
};

export function planUndo(touched: Touched, snapshot: Snapshot, bounds: UndoBounds): Plan {
  const survey = surveyOf(snapshot);
  const planned = touched.cells.map((cell) => undoCell(cell, touched.run, { ...bounds, survey, snapshot }));
  const cells = planned.flatMap((cell) => cell ?? []).sort(byText(({ address }) => addressKey(address)));
  return {
    format: 'trueup-plan/1',
    stamp: snapshot.stamp,
    cells,
    targets: [],
    names: touched.names,
    skipped: [],
    exemptions: [],
    notes: [],
    breaches: breachesOf(cells, [], bounds.limits, guardrailsBehind(touched)),
    digest: rootDigest(snapshot.stamp, cells),
  };
}

/** A way back counts for the guardrails that asked for what it turns back: their limits hold for it, too. */
function guardrailsBehind({ cells }: Touched): GuardrailsOf {
  const behind = new Map(cells.map((cell) => [addressKey(cell.address), guardrailsIn(cell)]));
  return ({ address }) => behind.get(addressKey(address)) ?? [];
}

type Context = UndoBounds & { readonly survey: Survey; readonly snapshot: Snapshot };

/** `undefined`: everything is already as it was before the run. */
function undoCell(done: Cell, run: string, context: Context): Cell | undefined {
  const { survey, snapshot, resources, protection, quotas } = context;
  const { address, title, affects } = done;
  // No line of any file asks for it: line 0.
  const causes = [{ policy: `run ${run}`, guardrail: 'revert', at: { file: run, line: 0, column: 0 } }];
  const users = usersNow(done, context);
  const base = { address, title, causes, inputs: {}, lost: [], evidence: users.evidence, ...(affects && { affects }) };
  const known = survey.know(address, address.resource, address.id);
  const resource = resources.get(address.resource);
  const unread = (reason: Reason): Cell => ({
    ...base,
    outcome: 'unread',
    reason,
    before: {},
    after: {},
    steps: [],
    digest: '',
  });
  if (known.state !== 'seen' || !resource) return unread(known.state === 'unread' ? known.reason : GONE);
  const { value: before } = known.observation;
  const { value: wanted, moved } = turnBack(done, known.observation, resource);
  const after = resource.reachable?.(before, wanted) ?? wanted;
  if (same(before, after) && moved.length === 0) return undefined;
  if (users.unread) return unread(users.unread);
  // What is in a prefix list was not read again: a list stands for itself, counts as one rule, and AWS has the last word.
  const look = () => undefined;
  const bare = resource.transition(before, after, address.id);
  const steps = resource.weigh?.(before, after, bare, { look }) ?? bare;
  const meaning = { address, ...(affects && { affects }), before, after, steps, inputs: {} };
  const full = resource.overflow?.(before, steps, { ...quotas, look });
  const { managedBy, busy, about } = known.observation;
  const governed = new Set(snapshot.inventory.accounts.map(({ id }) => id));
  const stranger = [address, ...(affects ?? [])].find(({ account }) => !governed.has(account));
  const untouchable = protectedCell(protection, done, about) ?? (stranger && notGoverned(stranger.account));
  const reason = untouchable ?? managedBy ?? busy ?? (moved.length > 0 ? changedSince(moved) : full);
  return {
    ...base,
    ...meaning,
    outcome: reason ? 'held' : 'change',
    ...(reason && { reason }),
    lost: resource.losses?.(before, wanted) ?? [],
    digest: digestOf(snapshot.stamp, meaning),
  };
}

/** Named, like before any change; nobody's policy is asked whether that holds it, for the way back is no policy's. */
function usersNow(done: Cell, { survey, tell }: Context): { evidence: readonly Evidence[]; unread?: Reason } {
  // Whoever feels it now and did not then is found just before the call.
  if (done.affects) return { evidence: done.evidence };
  const evidence: Evidence[] = [];
  for (const reader of readersOfUsers(done)) {
    const words = tell.get(reader);
    const known = survey.know(done.address, reader, done.address.id);
    if (!words || known.state === 'absent') continue;
    if (known.state !== 'seen') return { evidence: [], unread: known.state === 'unread' ? known.reason : NOT_ASKED };
    evidence.push(evidenceFrom(reader, known.observation, words));
  }
  return { evidence };
}

/** Fields that the run moved and nobody has since go back; `moved` names those that somebody has. */
function turnBack(
  done: Cell,
  { value: actual }: Observation,
  resource: Resource,
): { value: Value; moved: readonly string[] } {
  const { before, after } = done;
  const { reachable } = resource;
  // What an earlier way back could restore of it counts as restored.
  const restored = reachable?.({}, before) ?? before;
  const reached = reachable?.(after, before) ?? before;
  const value: Record<string, Value[string]> = { ...actual };
  const moved: string[] = [];
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (same(before[field], after[field]) || same(actual[field], before[field])) continue;
    if (same(actual[field], restored[field]) || same(actual[field], reached[field])) continue;
    if (!isBetween(done, field, actual[field], resource)) moved.push(field);
    else if (before[field] === undefined) delete value[field];
    else value[field] = before[field];
  }
  return { value, moved };
}

/** A run that was killed may have left a value between the two, and so may an earlier way back from any point of it. */
function isBetween(done: Cell, field: string, actual: Json | undefined, resource: Resource): boolean {
  const has = (way: Way): boolean => valuesOnTheWay(way, field).some((one) => same(actual, one));
  return has(done) || pointsOf(done).some((point) => has(wayBack(point, done, resource)));
}

function wayBack(point: Value, { before, address }: Cell, resource: Resource): Way {
  const goal = resource.reachable?.(point, before) ?? before;
  return { before: point, after: goal, steps: resource.transition(point, goal, address.id) };
}

function notGoverned(account: string): Reason {
  return {
    code: 'not-governed',
    message: `account ${account} is no longer among those that the fleet governs`,
    advice: 'take it into the fleet again to turn this back with Trueup, or do it by hand',
  };
}

const GONE: Reason = {
  code: 'gone',
  message: 'it is no longer there',
  advice: 'nothing can be restored in it; create it again first if it is still wanted',
};

function changedSince(fields: readonly string[]): Reason {
  return {
    code: 'changed-since',
    message: `changed since the run by somebody else: ${fields.join(', ')}`,
    advice: 'decide by hand what is right there; the journal shows what it was before the run',
  };
}
