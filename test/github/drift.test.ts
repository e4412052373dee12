/** Drift on a schedule: one issue, written in place; healing that tightens only, within limits, and not for ever. */
import { describe, expect, it } from 'vitest';
import { FIRST, FLEET, POLICY as NARROW, SECOND } from '../support/small.ts';
import { closeGroup, openGroup, openGroupAs, rulesOf, setPasswords, settle, writesOf } from './arrange.ts';
import { PROCESSES, type Project, SEED, withProject } from './project.ts';

const POLICY = `kind: Policy
name: baseline
targets: { accounts: [all] }
guardrails:
  default-security-group: { ingress: none, egress: none }
  password-policy: { minimumLength: 14 }
`;
const STATE = { 'state/fleet.yaml': FLEET, 'state/baseline.yaml': POLICY };
const HEALING = { ...STATE, 'state/fleet.yaml': `${FLEET}heal: [default-security-group]\n` };

const NARROWING = {
  'state/fleet.yaml': `${FLEET}heal: [default-security-group, allowed-ingress, password-policy]\n`,
  'state/baseline.yaml': NARROW,
};

const look = ({ apply }: Project, inputs = {}) => apply({ event: 'schedule', inputs });

describe.concurrent('drift', PROCESSES, () => {
  it('opens one issue, which is written in place and closed when nothing is left', () =>
    withProject(async (project) => {
      const { github } = project;
      expect(await look(project)).toMatchObject({ code: 0, outputs: { result: 'pending', changes: '4' } });
      const [issue] = github.issues;
      expect(issue).toMatchObject({ state: 'open', title: expect.stringContaining('4 to change') });
      expect(issue?.body).toMatch(/^gh workflow run trueup-apply\.yml --ref main -f approved=sha256:/m);
      settle(project);
      expect(await look(project)).toMatchObject({ code: 0, outputs: { result: 'clean' } });
      expect(github.issues).toHaveLength(1);
      expect(issue).toMatchObject({ state: 'closed' });
      setPasswords(project, FIRST, 6);
      const writes = writesOf(project);
      const again = await look(project);
      expect(again).toMatchObject({
        code: 0,
        outputs: { result: 'pending', changes: '1', issue: String(issue?.number) },
      });
      expect(issue).toMatchObject({ state: 'open', title: expect.stringContaining('1 to change') });
      expect(github.issues).toHaveLength(1);
      expect(writesOf(project)).toBe(writes);
    }, STATE));

  it('keeps the issue open when part of the run failed, or all of it', () =>
    withProject(async (project) => {
      const { github, sandbox } = project;
      settle(project);
      const mend = sandbox.fault({ match: { action: 'AssumeRole', account: SECOND }, do: 'deny' });
      expect(await look(project)).toMatchObject({ code: 1, outputs: { 'failure-reason': 'unread' } });
      expect(github.issues).toMatchObject([{ state: 'open', title: expect.stringContaining('unread') }]);
      mend();
      expect(await look(project)).toMatchObject({ code: 0, outputs: { result: 'clean' } });
      expect(github.issues).toMatchObject([{ state: 'closed' }]);
      const away = sandbox.fault({ match: { action: 'GetCallerIdentity' }, do: 'deny' });
      expect((await look(project)).code).toBe(1);
      expect(github.issues).toMatchObject([{ state: 'open', title: expect.stringContaining('failed') }]);
      away();
    }, STATE));

  it('is healed where the fleet says so: three times, then somebody has to look', () =>
    withProject(async (project) => {
      const { github } = project;
      settle(project);
      for (const time of [1, 2, 3]) {
        openGroup(project, FIRST, 'default', 22, '0.0.0.0/0');
        expect(await look(project), `time ${time}`).toMatchObject({
          code: 0,
          outputs: { result: 'applied', applied: '1', changes: '0' },
        });
      }
      openGroup(project, FIRST, 'default', 22, '0.0.0.0/0');
      expect(await look(project)).toMatchObject({
        code: 0,
        outputs: { result: 'pending', applied: '0', changes: '1' },
      });
      expect(github.issues).toMatchObject([{ state: 'open', body: expect.stringContaining('not healed any more') }]);
      expect(github.issues[0]?.body).toContain('cloudtrail:LookupEvents was denied');
    }, HEALING));

  it('names who changes what is healed no more, as far as CloudTrail tells, and never itself', () =>
    withProject(
      async (project) => {
        const { github, sandbox } = project;
        settle(project);
        for (const session of ['@octocat', '@octocat', 'by-hand']) {
          await openGroupAs(project, FIRST, session === 'by-hand' ? 'trueup-write' : 'admin', session);
          expect(await look(project)).toMatchObject({ code: 0, outputs: { applied: '1' } });
        }
        const asked = (): object[] => sandbox.requests.filter(({ action }) => action === 'LookupEvents');
        expect(asked()).toEqual([]);
        openGroup(project, FIRST, 'default', 22, '0.0.0.0/0');
        expect(await look(project)).toMatchObject({ code: 0, outputs: { applied: '0', changes: '1' } });
        const body = github.issues[0]?.body ?? '';
        expect(body).toMatch(/`assumed-role\/admin\/@octocat` \(2 times, last `AuthorizeSecurityGroupIngress` on \d/);
        expect(body).toMatch(/`assumed-role\/trueup-write\/by-hand` \(`AuthorizeSecurityGroupIngress` on \d/);
        expect(body).not.toMatch(/assumed-role.*trueup-apply/);
        const allowed = { Effect: 'Allow', Action: ['cloudtrail:LookupEvents'], Resource: '*' };
        const policy = JSON.stringify({ Version: '2012-10-17', Statement: [allowed] });
        const session = { role: `arn:aws:iam::${FIRST}:role/trueup-read`, policy };
        expect(asked()).toMatchObject([{ session }, { session }]);
      },
      HEALING,
      {},
      SEED.replace('"iam:Get*"]', '"iam:Get*", "cloudtrail:LookupEvents"]').replace(
        '  roles:\n',
        '  roles:\n    - { name: admin, policies: [write] }\n',
      ),
    ));

  it('is healed by what closes on the whole, be it by calls that open a part anew, and never by what loosens', () =>
    withProject(async (project) => {
      settle(project);
      for (const account of [FIRST, SECOND]) closeGroup(project, account, 'web');
      openGroup(project, FIRST, 'web', 22, '0.0.0.0/0');
      openGroup(project, SECOND, 'web', 22, '198.51.0.0/16');
      setPasswords(project, FIRST, 20);
      setPasswords(project, SECOND, 6);
      expect(await look(project)).toMatchObject({
        code: 0,
        outputs: { applied: '3', changes: '1', loosening: '1', unclear: '0' },
      });
      expect(rulesOf(project, FIRST, 'web')).toEqual(['198.51.100.0/24', '203.0.113.0/24']);
      expect(rulesOf(project, SECOND, 'web')).toEqual(['198.51.100.0/24']);
      expect(project.sandbox.world.accounts.get(FIRST)?.passwordPolicy?.minimumLength).toBe(20);
    }, NARROWING));

  it('is not healed, and no second issue is opened, while GitHub does not say what was healed before', () =>
    withProject(async (project) => {
      const { github } = project;
      settle(project);
      openGroup(project, FIRST, 'default', 22, '0.0.0.0/0');
      github.faults.push({ on: /^GET .*\/issues$/, status: 403, message: 'Resource not accessible', times: 9 });
      const looked = await look(project);
      expect(looked).toMatchObject({ code: 0, outputs: { result: 'pending', applied: '0', changes: '1' } });
      expect(looked.log).toContain('could not look for the issue');
      expect(github.issues).toEqual([]);
    }, HEALING));

  it('of other guardrails, or more at once than the limits allow, is left to people', () =>
    withProject(async (project) => {
      const { github, pushDirectly } = project;
      settle(project);
      setPasswords(project, FIRST, 6);
      expect(await look(project)).toMatchObject({ outputs: { applied: '0', changes: '1' } });
      await pushDirectly({ 'state/fleet.yaml': `${HEALING['state/fleet.yaml']}safety: { limits: { perRun: 1 } }\n` });
      for (const account of [FIRST, SECOND]) openGroup(project, account, 'default', 22, '0.0.0.0/0');
      expect(await look(project)).toMatchObject({ outputs: { applied: '0', changes: '3' } });
      expect(github.issues).toMatchObject([{ body: expect.stringContaining('Nothing was healed') }]);
    }, HEALING));
});
