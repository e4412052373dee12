/** Security Hub in one account and region: five standards, and a state that speaks of its controls. */
import type { Run } from '../../src/run.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { openRun } from './sandbox.ts';
import { ACCOUNT, fleetYaml, seedWith } from './worlds.ts';

export const FIVE = [
  'ruleset/cis-aws-foundations-benchmark/v/1.2.0',
  'standards/aws-foundational-security-best-practices/v/1.0.0',
  'standards/cis-aws-foundations-benchmark/v/3.0.0',
  'standards/nist-800-53/v/5.0.0',
  'standards/pci-dss/v/4.0.1',
] as const;

/** In all five standards. */
export const TWENTY = ['IAM', 'EC2', 'S3', 'RDS']
  .flatMap((service) => [1, 2, 4, 8, 13, 16, 17, 22].map((number) => `${service}.${number}`))
  .slice(0, 20);

export type Desk = {
  readonly sandbox: Sandbox;
  open(guardrails: string, fleet?: string): Promise<Run>;
  /** Lets time pass there. */
  wait(ms: number): Promise<void>;
  /** What was sent since the last time this was asked: `Action`. */
  sent(): readonly string[];
  close(): Promise<void>;
};

/** @param entry what is set in the one region, as YAML flow; @param more further lines of the seed's `securityHub` */
export async function openHub(entry = '{}', more = ''): Promise<Desk> {
  const standards = `[${FIVE.join(', ')}]`;
  const seed = `${seedWith('[]').replace('delegated: []', `delegated: ["${ACCOUNT}"]`)}
securityHub:
  ${more}
  entries:
    - { enabled: true, standards: ${standards} }
    - ${entry}
`;
  const sandbox = await startSandbox({ seed });
  const runs: Run[] = [];
  let told = 0;
  const wait = async (ms: number): Promise<void> => sandbox.world.clock.move(ms / 1000);
  return {
    sandbox,
    async open(guardrails, fleet = fleetYaml(ACCOUNT)) {
      const run = await openRun(
        sandbox,
        `${fleet}kind: Policy\nname: hub\ntargets: { accounts: [all] }\nguardrails:\n${guardrails}`,
        { attempts: 2 },
      );
      runs.push(run);
      return { ...run, wait };
    },
    wait,
    sent() {
      const since = sandbox.requests.slice(told);
      told = sandbox.requests.length;
      return since.filter(({ service }) => service === 'securityhub').map(({ action }) => action);
    },
    async close() {
      await Promise.all(runs.map(({ connection }) => connection.close()));
      await sandbox.close();
    },
  };
}
