/**
 * A pull request that changes thousands of things: what GitHub takes is within its limits, and nothing of it is lost.
 * Ten thousand in CI, fewer where a person waits.
 */
import { expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { FLEET } from '../support/small.ts';
import { commentOn } from './arrange.ts';
import { PROCESSES, SEED, withProject } from './project.ts';

const ACCOUNTS = process.env.CI ? 10 : 3;
const GROUPS = 1000;
const ids = Array.from({ length: ACCOUNTS }, (_, index) => String(100_000_000_001 + index));
/** Each a change of its own, so that there is nothing to fold but accounts. */
const groups = Array.from({ length: GROUPS }, (_, index) => ({
  name: `service-${index}`,
  ingress: [`tcp 22 from 203.0.${index >> 8}.${index & 255}/32`],
}));
const crowded = { trueup: true, network: { '*': { vpcs: [{ name: 'default', default: true, groups }] } } };
const CROWD = SEED.replace(/^templates:\n[\s\S]*$/m, '')
  .concat(`templates: ${JSON.stringify({ crowded })}\naccounts:\n  - { id: "999988887777", name: hub }\n`)
  .concat(ids.map((id) => `  - { id: "${id}", name: "account ${id.slice(-2)}", like: crowded }\n`).join(''));

const fleet = FLEET.replace(/accounts:\n(?: .*\n)*/, `accounts: ${JSON.stringify(ids.map((id) => ({ id })))}\n`);
const POLICY = `kind: Policy
name: ssh
targets: { accounts: [all] }
guardrails:
  allowed-ingress:
    - { ports: [22], from: [198.51.100.0/24], otherwise: revoke }
`;

it(
  `a pull request with ${ACCOUNTS},000 changes has a comment that GitHub takes, and its artifact has all of them`,
  PROCESSES,
  () =>
    withProject(
      async ({ github, open, plan }) => {
        const ran = await plan(await open({ 'state/ssh.yaml': POLICY }));
        expect(ran).toMatchObject({
          code: 0,
          outputs: { result: 'planned', changes: String(ACCOUNTS * GROUPS), unread: '0' },
        });
        const comment = commentOn(github, 'plan');
        expect(comment.length).toBeLessThan(60_000);
        expect(comment).toContain(`${(ACCOUNTS * GROUPS).toLocaleString('en')} to change`);
        expect(comment).toMatch(/\*\*[\d,]+ more\*\*, see \[the run\]/);
        expect(Buffer.byteLength(ran.summary)).toBeLessThan(1024 * 1024);
        const [{ files } = { files: {} }] = github.artifacts as { files: { [name: string]: string } }[];
        const whole = JSON.parse(files['plan.json'] ?? '') as Plan;
        const { cells } = JSON.parse(files['reviewed.json'] ?? '') as { cells: string[][] };
        expect(whole.cells.filter(({ outcome }) => outcome === 'change')).toHaveLength(ACCOUNTS * GROUPS);
        expect(new Set(cells.map(([place]) => place)).size).toBe(ACCOUNTS * GROUPS);
      },
      { 'state/fleet.yaml': fleet },
      {},
      CROWD,
    ),
);
