/** An AWS that a contract runs against: whatever answers over HTTP. Arranged through its own API, like any account. */

import type { Run } from '../../src/run.ts';
import { SANDBOX_CALLER_KEY, SANDBOX_CALLER_SECRET } from '../../src/sandbox/caller.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { enforcePrinted } from './printed-roles.ts';
import { openRun } from './sandbox.ts';

/** What an SDK client needs to act as an administrator of the account, outside Trueup. */
export type Administrator = {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
};

export interface World {
  readonly account: string;
  readonly administrator: Administrator;
  /** A run of Trueup over a state whose fleet is this one account in this one region. */
  open(policies: string): Promise<Run>;
  /** What was sent so far, in order: `service:Action`. */
  sent?(): readonly string[];
  /** Lets time pass there, for what takes a while to show. */
  wait?(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens a world in which nothing has happened yet. */
export type WorldKind = { readonly name: string; start(): Promise<World> };

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';

/** The one account, with settings in the words of a seed. */
export const seedWith = (settings: string): string => `
regions: [${REGION}]
organization: { management: "${ACCOUNT}", delegated: [], units: [] }
caller: { account: "${ACCOUNT}", role: administrator, session: test, policies: [everything] }
policies:
  everything: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] }
accounts:
  - id: "${ACCOUNT}"
    name: contract
    roles: [{ name: trueup-read, policies: [everything] }, { name: trueup-write, policies: [everything] }]
    network: { "*": { vpcs: [{ name: default, default: true }] } }
settings: ${settings}
`;

export function fleetYaml(account: string): string {
  return `
kind: Fleet
accounts: [{ id: "${account}", name: contract }]
role: { read: trueup-read, write: trueup-write }
regions: [${REGION}]
homeRegion: ${REGION}
---
`;
}

/** One policy for everybody, with the given `guardrails:`, indented by two. */
export function policyYaml(guardrails: string): string {
  return `kind: Policy\nname: contract\ntargets: { accounts: [all] }\nguardrails:\n${guardrails}`;
}

export const sandboxWorld: WorldKind = {
  name: 'sandbox',
  async start() {
    const sandbox = await startSandbox({ seed: seedWith('[{ imagesSettleSeconds: 600 }]') });
    const runs: Run[] = [];
    return {
      account: ACCOUNT,
      administrator: {
        region: REGION,
        endpoint: sandbox.url,
        credentials: { accessKeyId: SANDBOX_CALLER_KEY, secretAccessKey: SANDBOX_CALLER_SECRET },
      },
      async open(policies) {
        // Some settings may be written only once in ten seconds: the sandbox does not mind, so nobody need wait.
        const state = fleetYaml(ACCOUNT).replace('---', 'limits: { rate: { ec2: 10000/s } }\n---') + policies;
        // Whatever runs here runs with the permissions that are printed for it, and no others.
        enforcePrinted(sandbox, ACCOUNT, state);
        const run = await openRun(sandbox, state);
        runs.push(run);
        return run;
      },
      sent: () => sandbox.requests.map(({ service, action }) => `${service}:${action}`),
      wait: async (ms) => sandbox.world.clock.move(ms / 1000),
      async close() {
        await Promise.all(runs.map(({ connection }) => connection.close()));
        await sandbox.close();
      },
    };
  },
};
