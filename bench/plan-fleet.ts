/** What is measured: everything from opening the connection to the plan, as `trueup plan` does it. */
import { connect } from '../src/aws/connect.ts';
import { guardrails } from '../src/guardrails/index.ts';
import { observe, plan } from '../src/reconcile.ts';
import { loadDocuments } from '../src/state/load.ts';
import { fleetState, type Size } from './seed.ts';

/** @returns how many groups were read */
export async function planFleet({ regions }: Size, url: string): Promise<number> {
  const env = { TRUEUP_SANDBOX: url };
  const now = new Date();
  const today = now.toISOString().slice(0, 10);
  const state = loadDocuments([{ path: 'state.yaml', text: fleetState(regions) }], { guardrails, env, today });
  const [fleet] = state.fleets;
  if (!fleet) throw new Error('the state of the benchmark has no fleet');
  const connection = await connect({
    env,
    region: fleet.homeRegion,
    endpoints: {},
    allowEndpoint: false,
    rates: fleet.limits.rate,
    sessionName: 'bench',
    purpose: 'read',
  });
  try {
    const run = { state, fleet, connection, now };
    const snapshot = await observe(run);
    const { cells } = plan(run, snapshot);
    if (cells.some(({ outcome }) => outcome === 'unread')) throw new Error('something could not be read');
    const broad = snapshot.readings.filter(({ reader, want }) => reader === 'security-group' && !want.ids);
    return broad.reduce((sum, { found }) => sum + Object.keys(found).length, 0);
  } finally {
    await connection.close();
  }
}
