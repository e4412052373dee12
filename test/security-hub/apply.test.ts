/** Controls of Security Hub through the command line: an honest report, an exit code that says it, and a next run that converges. */
import { afterEach, expect, it } from 'vitest';
import { type Desk, openDesk } from '../support/cli.ts';
import { FIVE, TWENTY } from '../support/hub.ts';
import { ACCOUNT, fleetYaml, REGION, seedWith } from '../support/worlds.ts';

const SEED = `${seedWith('[]')}
securityHub:
  entries: [{ enabled: true, standards: [${FIVE.join(', ')}], unprocessed: { S3.1: LIMIT_EXCEEDED } }]
`;
const STATE = {
  'state/fleet.yaml': fleetYaml(ACCOUNT).replace('---', 'limits: { itemsPerCall: 50 }'),
  'state/hub.yaml': `kind: Policy
name: hub
targets: { accounts: [all] }
guardrails:
  security-hub-controls:
    disabled: { ${TWENTY.map((id) => `${id}: covered elsewhere`).join(', ')} }
`,
};

let desk: Desk;
afterEach(() => desk.close());

it('a throttled batch that is carried out in part ends with 1, tells every cell, and converges in the next run', async () => {
  desk = await openDesk(SEED, STATE);
  const write = 'BatchUpdateStandardsControlAssociations';
  desk.sandbox.fault({ match: { action: write, times: 1 }, do: 'throttle' });
  const first = await desk.trueup(['apply', '--yes']);
  expect(first.code).toBe(1);
  expect(first.stdout).toMatch(/19 applied(,| and) 1 failed/);
  expect(first.stdout).toContain(
    'LIMIT_EXCEEDED: left unprocessed in cis-1.2, cis-3.0, fsbp, nist-800-53, pci-dss-4.0.1',
  );
  desk.sandbox.world.hubs.in(ACCOUNT, REGION).unprocessed.clear();
  const second = await desk.trueup(['apply', '--yes']);
  expect([second.code, second.stderr]).toEqual([0, expect.stringContaining('trueup revert')]);
  expect(second.stdout).toContain('1 applied');
  expect((await desk.trueup(['plan', '--detailed-exitcode'])).code).toBe(0);
  const sent = desk.sandbox.requests.filter(({ action }) => action === write);
  // The first joint call twice, the second one, and one for what was left: no cell has a call of its own.
  expect(sent).toHaveLength(4);
});
