/** May it be done? The digests that were given, the limits, and a person's word. Shared by apply and revert. */
import type { Approved } from '../execute/approve.ts';
import type { Cell, Plan } from '../model/plan.ts';
import { TrueupError } from '../model/problem.ts';
import { rootDigest } from '../plan/digest.ts';
import { mistakesIn } from '../plan/mistakes.ts';
import { breachesOfSome } from '../plan/remaining.ts';
import { forTerminal } from '../render/escape.ts';
import { thousands } from '../render/phrase.ts';
import type { Run } from '../run.ts';
import { EXIT, type ExitCode, type Io, usageError } from './io.ts';

type Answering = { readonly yes?: boolean; readonly json?: boolean };

/** Where a plan can be seen before it is said yes to. */
const REVIEWS = {
  apply: 'add --yes when the plan has been reviewed; "trueup plan" shows it and changes nothing',
  revert: 'add --yes when the way back is known; on a terminal it is shown before anybody is asked',
} as const;

/** To be called before anything is read: without anybody to ask it would all be read in vain. @throws TrueupError `usage` */
export function expectAnswer(
  { yes, json }: Answering,
  { canAsk }: Pick<Io, 'canAsk'>,
  command: keyof typeof REVIEWS,
): void {
  const advice = REVIEWS[command];
  if (yes) return;
  if (json) throw usageError('--json leaves no place to ask', advice);
  if (!canAsk) throw usageError('there is nobody to ask', advice);
}

/** @param changes how many would be carried out */
export async function confirmed(
  changes: number,
  { yes, approved, file }: Answering & Wanted,
  io: Io,
): Promise<boolean> {
  if (yes) return true;
  const which = approved || file ? 'the approved' : changes === 1 ? 'this' : 'these';
  const what = changes === 1 ? 'change' : `${thousands(changes)} changes`;
  const answer = await io.ask(`Apply ${which} ${what}? Only "yes" does: `);
  if (io.signal.aborted)
    throw new TrueupError({ code: 'interrupted', message: 'stopped at the question; nothing was applied' });
  if (answer?.trim() === 'yes') return true;
  io.say('nothing was applied');
  return false;
}

const DIGEST = /^(?:sha256:)?[0-9a-f]{64}$/;

/** Of the cells that change in a plan file, and those that were given; `undefined`: approval is asked for. */
export function approvedDigests(
  file: Plan | undefined,
  given: readonly string[] | undefined,
): ReadonlySet<string> | undefined {
  if (!file && !given) return undefined;
  const malformed = given?.find((digest) => !DIGEST.test(digest));
  if (malformed !== undefined) {
    throw usageError(
      `--approved ${JSON.stringify(malformed)} is not a digest`,
      'write the digest of a plan (sha256:…) or of a cell, as "trueup plan --json" shows them',
    );
  }
  const planned = file?.cells.filter(({ outcome }) => outcome === 'change').map(({ digest }) => digest) ?? [];
  return new Set([...planned, ...(given ?? [])]);
}

type Wanted = { readonly file?: Plan | undefined; readonly approved?: readonly string[] | undefined };

/** What was approved and is not applied, or would change and was not approved: nobody should have to guess. */
export function tellUnapplied(
  fresh: Plan,
  { cells, left, newlyUsed }: Approved,
  { file, approved }: Wanted,
  io: Io,
): ExitCode {
  if (left.length === 1) io.say('1 more would change but was not approved; it stays as it is');
  if (left.length > 1) io.say(`${left.length} more would change but were not approved; they stay as they are`);
  for (const { title, evidence } of newlyUsed) {
    const now = evidence.map(({ sentence }) => sentence).join('; ');
    io.say(`held: ${forTerminal(title, 300)} is used by somebody since it was reviewed: ${forTerminal(now, 500)}`);
  }
  const missed = movedSince(file, fresh, [...cells, ...newlyUsed]);
  for (const title of missed) io.say(`not applied, it moved since it was reviewed: ${forTerminal(title, 300)}`);
  const unknown = (approved ?? []).filter(
    (digest) => ![fresh.digest, file?.digest].includes(digest) && !cells.some((one) => one.digest === digest),
  );
  for (const digest of unknown) io.say(`not applied, nothing in the plan of now has the digest ${digest}`);
  if (missed.length > 0 || unknown.length > 0) return EXIT.error;
  return newlyUsed.length > 0 ? EXIT.refused : EXIT.done;
}

/** Names what no run can mend. */
export function tellMistakes(plan: Pick<Plan, 'cells'>, io: Pick<Io, 'say'>): ExitCode {
  const mistakes = mistakesIn(plan);
  for (const { causes, reason, address } of mistakes) {
    const at = causes[0]?.at;
    const where = at ? ` (${at.file}:${at.line})` : '';
    io.say(`held for a mistake in the state: ${forTerminal(`${address.id}: ${reason?.message}${where}`, 500)}`);
  }
  return mistakes.length > 0 ? EXIT.refused : EXIT.done;
}

/** Cells of the file that still change, but not as they were reviewed. */
function movedSince(file: Plan | undefined, fresh: Plan, approved: readonly Cell[]): string[] {
  const done = new Set(approved);
  const key = ({ address }: Cell): string => JSON.stringify(address);
  const still = new Map(fresh.cells.filter((cell) => !done.has(cell)).map((cell) => [key(cell), cell]));
  return (file?.cells ?? []).flatMap((cell) =>
    cell.outcome === 'change' && still.has(key(cell)) ? [still.get(key(cell))?.title ?? ''] : [],
  );
}

/**
 * The limits that would be exceeded by what nobody approved by a digest of their own accord: a plan file says what was
 * planned, not that somebody meant that much of it. Of a share, the file alone can say whether the whole is too much.
 */
export function breachesLeft(
  fresh: Plan,
  { cells }: Approved,
  { file, approved = [] }: Wanted,
  { fleet, shard }: Pick<Run, 'fleet' | 'shard'>,
): Plan['breaches'] {
  if (approved.includes(fresh.digest) || (file && approved.includes(file.digest) && isWhole(file))) return [];
  const judged = new Set(cells.filter(({ digest }) => !approved.includes(digest)));
  return [...breachesOfSome(fresh, judged, fleet.safety.limits), ...((shard && file?.breaches) ?? [])];
}

/** Whether its digest is that of its cells: else whoever approves one would approve the other. */
function isWhole({ stamp, cells, digest }: Plan): boolean {
  return rootDigest(stamp, cells) === digest;
}

/** @param digest what to approve, if all of it is meant */
export function refusedByLimits(breaches: Plan['breaches'], digest: string, io: Io): boolean {
  if (breaches.length === 0) return false;
  for (const { message } of breaches) io.say(`refused: ${forTerminal(message, 500)}`);
  io.say(`nothing was applied; if all of it is meant, run the same command with --approved ${digest}`);
  return true;
}

export function worst(a: ExitCode, b: ExitCode): ExitCode {
  return a > b ? a : b;
}
