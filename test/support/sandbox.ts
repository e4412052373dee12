/** A sandbox and a run against it, for tests that talk to AWS: real clients, real HTTP, real sessions. */
import { connect } from '../../src/aws/connect.ts';
import { guardrails } from '../../src/guardrails/index.ts';
import type { Run } from '../../src/run.ts';
import { DEMO_EXTERNAL_ID } from '../../src/sandbox/seeds/demo.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { loadDocuments } from '../../src/state/load.ts';

export const TODAY = '2026-11-21';
export const NOW = new Date(`${TODAY}T12:00:00Z`);

/** Opens a run over a state given as YAML text; everything is closed when `work` is done. */
export async function withSandbox<Result>(
  { seed, state }: { readonly seed: string; readonly state: string },
  work: (run: Run, sandbox: Sandbox) => Promise<Result>,
): Promise<Result> {
  const sandbox = await startSandbox({ seed });
  try {
    const run = await openRun(sandbox, state);
    try {
      return await work(run, sandbox);
    } finally {
      await run.connection.close();
    }
  } finally {
    await sandbox.close();
  }
}

/** @param more of a connection: fewer attempts, say, where waiting for the last of them teaches nothing */
export async function openRun(sandbox: Sandbox, yaml: string, more: { readonly attempts?: number } = {}): Promise<Run> {
  const env = { TRUEUP_SANDBOX: sandbox.url, TRUEUP_EXTERNAL_ID: DEMO_EXTERNAL_ID };
  const state = loadDocuments([{ path: 'state/test.yaml', text: yaml }], { guardrails, env, today: TODAY });
  const [fleet] = state.fleets;
  if (!fleet) throw new Error('the state of this test has no fleet');
  const connection = await connect({
    env,
    region: fleet.homeRegion,
    expectedCaller: fleet.caller,
    endpoints: fleet.endpoints,
    allowEndpoint: false,
    rates: fleet.limits.rate,
    itemsPerCall: fleet.limits.itemsPerCall,
    sessionName: 'trueup-test',
    externalId: fleet.externalId,
    purpose: 'apply',
    ...more,
  });
  return { state, fleet, connection, now: NOW };
}
