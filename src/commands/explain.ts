/** `trueup explain ACCOUNT/REGION[/RESOURCE[/ID]]`: which values apply there, from which lines, and what is there now. */
import type { Snapshot } from '../model/snapshot.ts';
import type { Wanted } from '../plan/explain.ts';
import { explainWith, observeTarget } from '../reconcile.ts';
import { renderExplanations } from '../render/explanation.ts';
import { renderJson } from '../render/json.ts';
import type { Run } from '../run.ts';
import { readSnapshot } from './files.ts';
import { EXIT, type ExitCode, type Io, usageError } from './io.ts';
import type { CommonOptions } from './options.ts';
import { chooseFleet, readState, withRun } from './session.ts';

export type ExplainOptions = Omit<CommonOptions, 'only' | 'shard'> & {
  readonly target: string;
  readonly snapshot?: string;
};

export async function explain(options: ExplainOptions, io: Io): Promise<ExitCode> {
  const wanted = parseTarget(options.target);
  if (options.snapshot !== undefined) {
    const stored = await readSnapshot(options.snapshot);
    const state = await readState(options.state, io);
    return tell({ state, fleet: chooseFleet(state, options.fleet ?? stored.stamp.fleet), now: io.now }, stored, wanted);
  }
  const { account, region } = wanted;
  return withRun(options, 'read', io, async (run) => {
    return tell(run, await observeTarget(run, { account, region }), wanted);
  });

  function tell(run: Pick<Run, 'state' | 'fleet' | 'now'>, seen: Snapshot, of: Wanted): ExitCode {
    const found = explainWith(run, seen, of);
    io.result(options.json ? renderJson(found) : renderExplanations(found, io.width));
    return found.some(({ outcome }) => outcome === 'unread') ? EXIT.error : EXIT.done;
  }
}

/** The id is all that is left: ids may have slashes in them. */
function parseTarget(text: string): Wanted {
  const [account = '', region = '', resource, ...rest] = text.split('/');
  if (/^\d{12}$/.test(account) && region !== '') {
    return { account, region, ...(resource && { resource }), ...(rest.length > 0 && { id: rest.join('/') }) };
  }
  throw usageError(
    `${JSON.stringify(text)} is not a target`,
    'write ACCOUNT/REGION, ACCOUNT/global for what an account has once, or either with /RESOURCE or /RESOURCE/ID',
  );
}
