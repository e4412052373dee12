/** What every command that talks to AWS begins with: the state, one fleet, a connection, and one moment in time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../aws/connect.ts';
import { guardrails } from '../guardrails/index.ts';
import { TrueupError } from '../model/problem.ts';
import type { Fleet, State } from '../model/state.ts';
import type { Run } from '../run.ts';
import { loadState } from '../state/load.ts';
import { showProblems } from '../state/show-problems.ts';
import { readInventory } from './files.ts';
import { identityOf } from './identity.ts';
import { type Io, usageError } from './io.ts';
import { type CommonOptions, parseOnly, parseShard } from './options.ts';
import { patience } from './patience.ts';
import { refuseOtherWorld } from './same-world.ts';

/** @param from where the path of the directory begins, unless where the program was started */
export async function readState(directory: string, io: Io, from?: string): Promise<State> {
  const today = io.now.toISOString().slice(0, 10);
  const state = await loadState(directory, { guardrails, env: io.env, today }, from);
  if (state.hints) io.say(showProblems(state.hints));
  return state;
}

/** The fleet that was asked for, or the only one there is. */
export function chooseFleet(state: State, name: string | undefined): Fleet {
  const names = state.fleets.map((fleet) => fleet.name).join(', ');
  const chosen = name === undefined ? state.fleets : state.fleets.filter((fleet) => fleet.name === name);
  const [fleet, second] = chosen;
  if (!fleet) {
    throw name === undefined
      ? new TrueupError({
          code: 'no-fleet',
          message: 'the state has no Fleet document',
          advice: 'add one: it says which accounts exist, e.g. "kind: Fleet" and "accounts: self"',
        })
      : usageError(`there is no fleet "${name}"`, `the state has: ${names}`);
  }
  if (second) throw usageError('the state has several fleets', `choose one with --fleet: ${names}`);
  return fleet;
}

/** Opens a run over the state in the directory, hands it to `work`, and closes the connection whatever happens. */
export async function withRun<Result>(
  options: CommonOptions,
  purpose: 'read' | 'apply',
  io: Io,
  work: (run: Run) => Promise<Result>,
): Promise<Result> {
  const state = await readState(options.state, io);
  return withFleet({ state, fleet: chooseFleet(state, options.fleet) }, { ...options, purpose }, io, work);
}

/** The same for a state that was read elsewhere, reached through a fleet that need not be the state's own. */
export async function withFleet<Result>(
  { state, fleet }: Pick<Run, 'state' | 'fleet'>,
  options: Omit<CommonOptions, 'state' | 'fleet' | 'json'> & { readonly purpose: 'read' | 'apply' },
  io: Io,
  work: (run: Run) => Promise<Result>,
): Promise<Result> {
  const { purpose } = options;
  const [only, shard] = [parseOnly(options.only), parseShard(options.shard)];
  const inventory = options.inventory === undefined ? undefined : await readInventory(options.inventory);
  const connection = await connect({
    env: io.env,
    region: fleet.homeRegion,
    profile: options.profile,
    expectedCaller: fleet.caller,
    endpoints: fleet.endpoints,
    allowEndpoint: options.allowEndpoint ?? false,
    rates: fleet.limits.rate,
    itemsPerCall: fleet.limits.itemsPerCall,
    ...identityOf(io, purpose, options.identity),
    allowUserCredentials: options.allowUserCredentials ?? false,
    externalId: fleet.externalId,
    purpose,
  });
  try {
    for (const notice of connection.notices) io.say(notice);
    const wait = patience(io, (ms) => sleep(ms));
    const onProgress: Run['onProgress'] = ({ stage, done, total }) => io.progress(stage, done, total);
    if (inventory) refuseOtherWorld(inventory, { fleet, connection });
    const part = { ...(only && { only }), ...(shard && { shard }), ...(inventory && { inventory }) };
    return await work({ state, fleet, connection, now: io.now, signal: io.signal, onProgress, wait, ...part });
  } finally {
    await connection.close();
  }
}
