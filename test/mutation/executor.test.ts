/** An executor that sends something else than was planned: does AWS refuse it, with roles that may do everything? */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../src/model/aws.ts';
import type { Call } from '../../src/model/operation.ts';
import type { Cell } from '../../src/model/plan.ts';
import { observe, plan as planOf } from '../../src/reconcile.ts';
import type { Run } from '../../src/run.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { type ApplyOptions, applyCells, changing } from '../support/apply.ts';
import { openRun } from '../support/sandbox.ts';
import {
  ACCOUNT,
  DATABASE,
  DATABASE_RULE,
  EVERY_OPERATION,
  isWrite,
  OTHER_ACCOUNT,
  OTHER_REGION,
  REGION,
  SEED,
  stateYaml,
  WEB,
} from './world.ts';

let sandbox: Sandbox;
let run: Run;
let cells: readonly Cell[];
beforeEach(async () => {
  sandbox = await startSandbox({ seed: SEED });
  run = await openRun(sandbox, stateYaml());
  cells = changing(planOf(run, await observe(run))).filter(({ address }) => address.account === ACCOUNT);
});
afterEach(async () => {
  await run.connection.close();
  await sandbox.close();
});

/** Every write becomes something else, and the client has no table that would stop it. */
function sending(change: (call: Call) => Call): ApplyOptions {
  return {
    breakRequest: (request) => ({ ...request, operations: EVERY_OPERATION }),
    breakSession: (session: Session): Session => ({
      ...session,
      send: (call) => session.send(isWrite(call) ? (change(call) as typeof call) : call),
    }),
  };
}

const input = (more: Call['input']) => sending((call) => ({ ...call, input: { ...call.input, ...more } }));
const instead = (operation: string, other?: Call['input']) =>
  sending((call) => ({ operation, input: other ?? call.input }));
const ofGroup =
  (id: string) =>
  ({ address }: Cell): boolean =>
    address.region === REGION && address.id === id;
const ofPasswords = ({ address }: Cell): boolean => address.resource === 'password-policy';

const MUTATIONS: readonly (readonly [title: string, cell: (cell: Cell) => boolean, broken: ApplyOptions])[] = [
  ['another group', ofGroup(WEB), input({ GroupId: DATABASE })],
  [
    'another region, with a group of the same id',
    ofGroup(WEB),
    { breakRequest: (r) => ({ ...r, region: OTHER_REGION }) },
  ],
  [
    'another account, with a group of the same id',
    ofGroup(WEB),
    { breakRequest: (r) => ({ ...r, account: OTHER_ACCOUNT }) },
  ],
  ['egress instead of ingress', ofGroup(WEB), instead('ec2:AuthorizeSecurityGroupEgress')],
  ['descriptions instead of rules', ofGroup(WEB), instead('ec2:UpdateSecurityGroupRuleDescriptionsIngress')],
  [
    'tags on rules, where rules were to be revoked',
    ofGroup(DATABASE),
    instead('ec2:CreateTags', { Resources: [DATABASE_RULE], Tags: [{ Key: 'ticket', Value: 'x' }] }),
  ],
  [
    'another tag on a new rule',
    ofGroup(WEB),
    input({ TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'owner', Value: 'x' }] }] }),
  ],
  ['the deletion of the password policy', ofPasswords, instead('iam:DeleteAccountPasswordPolicy', {})],
  ['a call of another service', ofPasswords, instead('ec2:RevokeSecurityGroupIngress', { GroupId: WEB })],
  ['the password policy of another account', ofPasswords, { breakRequest: (r) => ({ ...r, account: OTHER_ACCOUNT }) }],
];

describe('AWS refuses an executor that sends', () => {
  it.each(MUTATIONS)('%s', async (_title, choose, broken) => {
    const chosen = cells.filter(choose);
    expect(chosen).toHaveLength(1);
    const before = await everything();
    const { outcomes } = await applyCells(run, chosen, broken);
    expect(outcomes.map(({ result, reason }) => ({ result, code: reason?.code }))).toEqual([
      { result: 'failed', code: 'access-denied' },
    ]);
    expect(await everything()).toEqual(before);
  });

  it('to one group of a batch what was planned for another one', async () => {
    const two = cells.filter(({ address, title }) => address.region === REGION && /^(web|default)/.test(title));
    const egress = sending((call) =>
      call.operation === 'ec2:RevokeSecurityGroupEgress' ? { ...call, input: { ...call.input, GroupId: WEB } } : call,
    );
    const { outcomes, sessions } = await applyCells(run, two, egress);
    expect(sessions).toHaveLength(1);
    expect(outcomes.map(({ cell, result }) => [cell.title.split(' ')[0], result])).toEqual([
      ['default', 'failed'],
      ['web', 'applied'],
    ]);
    expect(sandbox.requests.filter(({ action }) => action === 'RevokeSecurityGroupEgress')).toMatchObject([
      { outcome: 'UnauthorizedOperation' },
    ]);
  });

  it('nothing wrong: the same cells are applied by one that is whole', async () => {
    const { outcomes } = await applyCells(run, cells);
    expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(['applied']));
  });
});

describe('AWS cannot refuse', () => {
  it('a rule nobody planned inside a planned group: reading back shows it, and the cell fails', async () => {
    const [web] = cells.filter(ofGroup(WEB));
    const wider = [{ IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    const { outcomes } = await applyCells(run, web ? [web] : [], input({ IpPermissions: wider }));
    expect(outcomes).toMatchObject([{ result: 'failed', reason: { code: 'not-verified' } }]);
  });
});

/** What all accounts hold, as the sandbox itself knows it. */
async function everything(): Promise<unknown> {
  const answer = await fetch(`${sandbox.url}/_sandbox/state`);
  return answer.json();
}
