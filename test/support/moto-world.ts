/** moto as a world of the contract: reached as AWS itself would be behind `AWS_ENDPOINT_URL`, not as the sandbox. */
import { connect } from '../../src/aws/connect.ts';
import { guardrails } from '../../src/guardrails/index.ts';
import { observe } from '../../src/reconcile.ts';
import type { Run } from '../../src/run.ts';
import { loadDocuments } from '../../src/state/load.ts';
import { startRelay } from '../moto/relay.ts';
import { NOW, TODAY } from './sandbox.ts';
import { ACCOUNT, fleetYaml, policyYaml, REGION, type WorldKind } from './worlds.ts';

export function motoUrl(): string {
  const url = process.env.TRUEUP_MOTO;
  if (url === undefined) throw new Error('run this with "npm run test:moto"');
  return url;
}

export async function emptyMoto(): Promise<void> {
  await fetch(`${motoUrl()}/moto-api/reset`, { method: 'POST' });
}

/** The calls without which this cannot even be planned on moto. */
export async function lackingFor(guardrails: string): Promise<readonly string[]> {
  const relay = await startRelay(motoUrl());
  const run = await openOnMoto(relay.url, fleetYaml(ACCOUNT) + policyYaml(guardrails));
  try {
    await observe(run);
    return [...relay.lacking].sort();
  } finally {
    await run.connection.close();
    await relay.close();
  }
}

export const motoWorld: WorldKind = {
  name: 'moto',
  async start() {
    await emptyMoto();
    const relay = await startRelay(motoUrl());
    const runs: Run[] = [];
    return {
      account: ACCOUNT,
      administrator: {
        region: REGION,
        endpoint: relay.url,
        credentials: { accessKeyId: 'moto', secretAccessKey: 'moto' },
      },
      async open(policies) {
        const run = await openOnMoto(relay.url, fleetYaml(ACCOUNT) + policies);
        runs.push(run);
        return run;
      },
      sent: () => relay.sent,
      async close() {
        await Promise.all(runs.map(({ connection }) => connection.close()));
        await relay.close();
      },
    };
  },
};

export async function openOnMoto(endpoint: string, yaml: string): Promise<Run> {
  const env = { AWS_ENDPOINT_URL: endpoint };
  const state = loadDocuments([{ path: 'state/test.yaml', text: yaml }], { guardrails, env, today: TODAY });
  const [fleet] = state.fleets;
  if (!fleet) throw new Error('the state of this test has no fleet');
  const connection = await connect({
    env,
    region: fleet.homeRegion,
    expectedCaller: ACCOUNT,
    endpoints: {},
    allowEndpoint: true,
    rates: fleet.limits.rate,
    sessionName: 'trueup-test',
    purpose: 'apply',
    attempts: 1,
  });
  return { state, fleet, connection, now: NOW };
}
