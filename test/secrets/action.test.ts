/** Does anything that must stay secret come out of the action: in its log, its outputs, on GitHub, in what it keeps? */
import { describe, expect, it } from 'vitest';
import { openGroup } from '../github/arrange.ts';
import { PROCESSES, type Project, type Ran, withProject } from '../github/project.ts';
import { TOKEN } from '../support/github.ts';
import { FIRST, FLEET, POLICY, SECOND } from '../support/small.ts';
import { DEBUGGING, EXTERNAL_ID, leaksIn, PLANTED, SEED, secretsOf } from './planted.ts';

const ENV = { ...PLANTED, ...DEBUGGING };
const HEALING = { 'state/fleet.yaml': `${FLEET}heal: [password-policy]\n` };

/** All that the action said, posted and kept, by where it stands. */
function everything({ github }: Project, ran: readonly Ran[]): { readonly [place: string]: string } {
  return {
    logs: ran.map(({ log }) => log).join('\n'),
    outputs: JSON.stringify(ran.map(({ outputs }) => outputs)),
    summaries: ran.map(({ summary }) => summary).join('\n'),
    comments: JSON.stringify(github.comments),
    issues: JSON.stringify(github.issues),
    checks: JSON.stringify(github.checks),
    artifacts: JSON.stringify(github.artifacts.map(({ name, files }) => [name, files])),
  };
}

function search(project: Project, ran: readonly Ran[]): void {
  const secrets = secretsOf(project.sandbox, [TOKEN]);
  for (const [place, text] of Object.entries(everything(project, ran)))
    expect({ place, leaks: leaksIn(text, secrets) }).toEqual({ place, leaks: [] });
}

describe.concurrent('nothing secret comes out of the action', PROCESSES, () => {
  it('when a pull request is planned, merged and applied, and drift is healed', () =>
    withProject(
      async (project) => {
        const pull = await project.open({ 'state/baseline.yaml': POLICY });
        const ran = [await project.plan(pull)];
        await project.merge(pull);
        ran.push(await project.apply());
        openGroup(project, FIRST, 'web', 22, '192.0.2.0/24');
        ran.push(await project.apply({ event: 'schedule' }));
        expect(ran.map(({ code }) => code)).toEqual([0, 0, 0]);
        expect(ran[1]?.log).toMatch(/the largest policy took \d+ % of what STS packs/);
        search(project, ran);
        // It is looked for where it is, and everything that is looked into was written.
        const { sandbox } = project;
        expect(sandbox.requests.some(({ input }) => input.ExternalId === EXTERNAL_ID)).toBe(true);
        for (const text of Object.values(everything(project, ran))) expect(text.length).toBeGreaterThan(20);
        expect(project.github.artifacts.map(({ name }) => name.split('-')[1])).toContain('journal');
      },
      HEALING,
      { env: ENV, bundle: true },
      SEED,
    ));

  it('when AWS quotes in its refusals what it was sent', () =>
    withProject(
      async (project) => {
        const message = `Value '${EXTERNAL_ID}' at 'externalId' with ${PLANTED.AWS_ACCESS_KEY_ID}`;
        const quoting = { code: 'ValidationError', status: 400, message };
        const pull = await project.open({ 'state/baseline.yaml': POLICY });
        project.sandbox.fault({ match: { action: 'AssumeRole', account: SECOND }, do: quoting });
        const ran = [await project.plan(pull)];
        await project.merge(pull);
        ran.push(await project.apply());
        ran.push(await project.apply({ event: 'schedule' }));
        expect(ran.map(({ code }) => code)).toEqual([1, 1, 1]);
        search(project, ran);
        expect(project.sandbox.requests.map(({ outcome }) => outcome)).toContain('ValidationError');
      },
      HEALING,
      { env: ENV, bundle: true },
      SEED,
    ));
});
