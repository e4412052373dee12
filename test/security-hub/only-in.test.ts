/** A control that shall run in some regions only is switched off elsewhere only if it can run in one of them. */
import { afterEach, expect, it } from 'vitest';
import { guardrails } from '../../src/guardrails/index.ts';
import type { Run } from '../../src/run.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { loadDocuments } from '../../src/state/load.ts';
import { planNow } from '../contract/contract.ts';
import { marked, placesOf, problemsOf } from '../state/sample.ts';
import { FIVE } from '../support/hub.ts';
import { openRun } from '../support/sandbox.ts';
import { ACCOUNT, fleetYaml, policyYaml, seedWith } from '../support/worlds.ts';

const FSBP = FIVE[1];
const HOME = 'us-east-1';
let sandbox: Sandbox | undefined;
let run: Run | undefined;
afterEach(async () => {
  await run?.connection.close();
  await sandbox?.close();
});

/** @param there what is set in us-east-1; @param targets more of the targets of the policy */
async function plan(onlyIn: string, there = `{ enabled: true, standards: [${FSBP}] }`, targets = '') {
  const regions = `regions: [eu-west-1, ${HOME}]`;
  const seed = `${seedWith('[]').replace('regions: [eu-west-1]', regions)}
securityHub:
  entries:
    - { regions: [eu-west-1], enabled: true, standards: [${FSBP}] }
    - ${there.replace('{', `{ regions: [${HOME}],`)}
`;
  const started = await startSandbox({ seed });
  sandbox = started;
  const policy = `kind: Policy\nname: hub\ntargets: { accounts: [all] ${targets} }\nguardrails:\n`;
  const fleet = fleetYaml(ACCOUNT).replace('regions: [eu-west-1]', regions);
  run = await openRun(started, `${fleet}${policy}  security-hub-controls: { onlyIn: ${onlyIn} }\n`);
  const { cells } = await planNow(run);
  return cells.map(({ address: { region, id }, outcome, reason }) => [region, id, outcome, reason?.code]);
}

it('it is switched off elsewhere where it runs in the region that is named', async () => {
  expect(await plan(`{ ${HOME}: [IAM.3] }`)).toEqual([['eu-west-1', 'IAM.3', 'change', undefined]]);
});

it('one region of several is enough', async () => {
  expect(await plan(`{ ${HOME}: [IAM.3], eu-north-1: [IAM.3] }`)).toEqual([
    ['eu-west-1', 'IAM.3', 'change', undefined],
  ]);
});

it.each<[string, string, string | undefined, string | undefined]>([
  ['the account is not governed in the region', '{ eu-north-1: [IAM.3] }', undefined, undefined],
  ['Security Hub is not enabled there', `{ ${HOME}: [IAM.3] }`, '{ enabled: false }', undefined],
  ['it is in no standard there', `{ ${HOME}: [IAM.3] }`, '{ enabled: true, standards: [] }', undefined],
  ['the policy leaves the region out', `{ ${HOME}: [IAM.3] }`, undefined, ', regions: [eu-west-1]'],
])('held everywhere: %s', async (_, onlyIn, there, targets) => {
  const cells = (await plan(onlyIn, there, targets)).filter(([, , outcome]) => outcome !== 'unread');
  expect(cells.length).toBeGreaterThan(0);
  expect(new Set(cells.map(([, , ...end]) => end.join()))).toEqual(new Set(['held,runs-nowhere']));
});

const load = (text: string) =>
  loadDocuments([{ path: 'state/1.yaml', text }], { guardrails, env: {}, today: '2026-11-21' });
const written = (region: string) =>
  marked(
    `${policyYaml(`  security-hub-controls: { onlyIn: { ▸${region}: ["IAM.*"] } }`)}\n---\nkind: Fleet\naccounts: self\n`,
  );

it('a region that AWS could not have named so is refused, with what was meant', () => {
  const { text, places } = written('eu-wst-1');
  const problems = problemsOf(() => load(text));
  expect(placesOf(problems)).toEqual(places);
  expect(problems[0]?.advice).toContain('"eu-west-1"');
});

it('one that nobody knows yet is told', () => {
  const { text, places } = written('eu-west-9');
  const { hints = [] } = load(text);
  expect(placesOf(hints)).toEqual(places);
  expect(hints.map(({ code }) => code)).toEqual(['unknown-region']);
});
