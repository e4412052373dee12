/** An organisation whose Security Hub is configured centrally: an administrator, two workloads under a unit, one elsewhere. */
import type { Run } from '../../src/run.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { openRun } from './sandbox.ts';
import type { World } from './worlds.ts';

export const ADMIN = '100000000002';
export const [WEB, SHOP, LAB] = ['200000000001', '200000000002', '200000000003'] as const;
export const POLICY = 'a1b2c3d4-5678-90ab-cdef-000000000007';
const [HOME, LINKED] = ['eu-west-1', 'us-east-1'] as const;

const FSBP = 'standards/aws-foundational-security-best-practices/v/1.0.0';
const NIST = 'standards/nist-800-53/v/5.0.0';

const account = (id: string, name: string, ou = '') => `
  - { id: "${id}", name: ${name}${ou && `, ou: ${ou}`}, roles: [{ name: trueup-read, policies: [all] }, { name: trueup-write, policies: [all] }] }`;

export const centralSeed = (policy: string, more: string) => `
regions: [${HOME}, ${LINKED}]
organization: { management: "100000000001", delegated: ["${ADMIN}"], units: [Workloads, Lab] }
caller: { account: "${ADMIN}", role: administrator, policies: [all] }
policies: { all: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] } }
accounts:${account('100000000001', 'management')}${account(ADMIN, 'security')}${account(WEB, 'web', 'Workloads')}${account(SHOP, 'shop', 'Workloads')}${account(LAB, 'lab', 'Lab')}
securityHub:
  home: ${HOME}
  configuration: CENTRAL
  ${more}
  policies:
    - { id: ${POLICY}, name: workloads, description: For what customers see, standards: [${FSBP}, ${NIST}], ${policy} }
  entries: [{ enabled: true, standards: [${FSBP}] }]
`;

export const CENTRAL_FLEET = `kind: Fleet
accounts: organization
role: { read: trueup-read, write: trueup-write }
homeRegion: ${HOME}
securityHub: { administrator: "${ADMIN}", homeRegion: ${HOME}, central: plan }
---
`;

export type CentralDesk = {
  /** What a contract asks of a world besides opening it. */
  readonly world: Pick<World, 'account' | 'administrator' | 'sent' | 'wait'>;
  readonly sandbox: Sandbox;
  open(guardrails: string, options?: Options): Promise<Run>;
  close(): Promise<void>;
};

type Options = {
  /** Of the policy `hub`. */
  readonly targets?: string;
  /** In place of the policy `hub`. */
  readonly policies?: string;
  /** Further documents. */
  readonly more?: string;
  fleet?(yaml: string): string;
};

/** @param policy what the configuration policy says and whom it is for, as YAML flow; @param more of the seed */
export async function openCentral(
  policy = 'disabled: [S3.2], targets: [Workloads]',
  more = 'applySeconds: 0',
): Promise<CentralDesk> {
  const sandbox = await startSandbox({ seed: centralSeed(policy, more) });
  const runs: Run[] = [];
  return {
    sandbox,
    world: {
      account: ADMIN,
      administrator: { region: HOME, endpoint: sandbox.url, credentials: sandbox.credentials },
      sent: () => sandbox.requests.map(({ service, action }) => `${service}:${action}`),
      wait: async (ms) => sandbox.world.clock.move(ms / 1000),
    },
    async open(
      guardrails,
      { targets = '{ accounts: [all] }', policies, more: documents = '', fleet = (yaml: string) => yaml } = {},
    ) {
      const written =
        policies ?? `kind: Policy\nname: hub\ntargets: ${targets}\nguardrails:\n${guardrails}\n${documents}`;
      const run = await openRun(sandbox, fleet(CENTRAL_FLEET) + written, { attempts: 2 });
      runs.push(run);
      return run;
    },
    async close() {
      await Promise.all(runs.map(({ connection }) => connection.close()));
      await sandbox.close();
    },
  };
}
