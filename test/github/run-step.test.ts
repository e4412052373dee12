/** Tests run the action inside themselves: it says, sets and ends with the same as the bundle does in a process of its own. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { POLICY, STATE } from '../support/small.ts';
import { openGroup } from './arrange.ts';
import { type Arrival, PROCESSES, type Project, type Ran, withProject } from './project.ts';

const HERE = { bundle: false };
const BUNDLE = { bundle: true };
const LONGER = { 'state/baseline.yaml': POLICY.replace('minimumLength: 14', 'minimumLength: 16') };
const BROKEN = {
  'state/baseline.yaml': POLICY.replace('[22]', '[22222222]').replace('minimumLength', 'minimumLenght'),
};

/** Without what differs from run to run: its number, its directory, and the salt of what is published. */
function lastingOf({ code, log, outputs, summary }: Ran): object {
  const text = JSON.stringify({ code, log, outputs, summary });
  return JSON.parse(text.replaceAll(/\bruns\/\d+|\bjob-\d+/g, 'one').replaceAll(/\b[0-9a-f]{64}\b/g, 'digest'));
}

const ARRIVALS: readonly (readonly [string, (project: Project) => Promise<Arrival>, object])[] = [
  ['a plan', async ({ arrivalOf, open }) => arrivalOf(await open(LONGER)), { code: 0 }],
  ['mistakes in the state', async ({ arrivalOf, open }) => arrivalOf(await open(BROKEN)), { code: 1 }],
  ['a fork', async ({ arrivalOf, open }) => arrivalOf(await open(LONGER), { fork: true }), { code: 0 }],
  [
    'a public repository',
    async (project) => {
      project.github.visibility = 'public';
      openGroup(project, '111122223333', 'default', 22, '0.0.0.0/0');
      return project.pushOf('workflow_dispatch');
    },
    { code: 0 },
  ],
];

describe.concurrent('inside a test and as a process, the same comes of', PROCESSES, () => {
  it.each(ARRIVALS)('%s', (_, arrive, ended) =>
    withProject(async (project) => {
      const { event, payload, where } = await arrive(project);
      const inputs = { journal: join(tmpdir(), 'trueup-nothing-is-applied') };
      const bundle = await project.actOnly(event, payload, where, { ...BUNDLE, inputs });
      const here = await project.actOnly(event, payload, where, { ...HERE, inputs });
      expect(here).toMatchObject(ended);
      expect(lastingOf(here)).toEqual(lastingOf(bundle));
    }, STATE),
  );
});
