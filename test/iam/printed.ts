/** The roles that `trueup iam` prints for a policy, put into an account of the sandbox, where they are enforced. */
import type { Plan } from '../../src/model/plan.ts';
import { observe, plan as planOf } from '../../src/reconcile.ts';
import type { Run } from '../../src/run.ts';
import { SANDBOX_CALLER_KEY, SANDBOX_CALLER_SECRET } from '../../src/sandbox/caller.ts';
import { type Demand, evaluate } from '../../src/sandbox/iam/evaluate.ts';
import { type Policy, type Statement as PolicyStatement, parsePolicy } from '../../src/sandbox/iam/policy.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import type { ContractCase } from '../contract/contract.ts';
import { applyCells, changing, undoPlan } from '../support/apply.ts';
import { type PrintedRole, printedRoles } from '../support/printed-roles.ts';
import { openRun } from '../support/sandbox.ts';
import { ACCOUNT, fleetYaml, policyYaml, REGION, seedWith } from '../support/worlds.ts';

export const PREFIX_LIST = 'pl-0123456789abcdef0';

export function rolesFor(policies: string): readonly PrintedRole[] {
  return printedRoles(fleet() + policies, ACCOUNT);
}

/** Some settings may be written only once in ten seconds: the sandbox does not mind, so the client need not wait. */
function fleet(): string {
  return fleetYaml(ACCOUNT).replace('---', 'limits: { rate: { ec2: 10000/s } }\n---');
}

export function actionsOf(role: PrintedRole): string[] {
  return [...new Set(role.policies.trueup.Statement.flatMap(({ Action }) => Action))].sort();
}

/** The role with one action less, or with all of them, as the sandbox compiles it. */
function without(role: PrintedRole, action?: string): Policy {
  const Statement = role.policies.trueup.Statement.map((one) => ({
    ...one,
    Action: one.Action.filter((other) => other !== action),
  })).filter(({ Action }) => Action.length > 0);
  const nothing = { Effect: 'Allow', Action: ['sts:GetCallerIdentity'], Resource: '*' };
  return parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: [nothing, ...Statement] }), 'permissions');
}

/** Everything that was asked of IAM for a session of one role. */
export type Asked = { readonly role: string; readonly demand: Demand };

export type Walked = { readonly problems: readonly string[]; readonly asked: readonly Asked[] };

/** A contract case, and what happens between its plan and its apply. */
export type Walk = ContractCase & { readonly meanwhile?: (sandbox: Sandbox) => void };

/** Plan, apply, revert and plan again, with these roles: what went wrong on the way, and what was asked of IAM. */
export async function walk(
  { guardrails: some, arrange, meanwhile }: Walk,
  roles: readonly PrintedRole[],
): Promise<Walked> {
  const sandbox = await startSandbox({ seed: seedFor(roles) });
  const run = await openRun(sandbox, fleet() + policyYaml(some));
  try {
    const credentials = { accessKeyId: SANDBOX_CALLER_KEY, secretAccessKey: SANDBOX_CALLER_SECRET };
    await arrange?.({ region: REGION, endpoint: sandbox.url, credentials });
    const asked = listenTo(sandbox, ACCOUNT);
    return { problems: await problemsOnTheWay(run, sandbox, meanwhile), asked };
  } finally {
    await run.connection.close();
    await sandbox.close();
  }
}

/** Adds to each role of the account a statement that hears every question and decides none. */
export function listenTo(sandbox: Sandbox, account: string): readonly Asked[] {
  const heard: Asked[] = [];
  for (const { name, policies } of sandbox.world.accounts.get(account)?.roles.values() ?? []) {
    let [action, resource] = ['', ''];
    const listener: PolicyStatement = {
      // Denials are looked at first, and all of them.
      allows: false,
      principal: undefined,
      action: (asked) => {
        action = asked;
        return true;
      },
      resource: (asked) => {
        resource = asked;
        return true;
      },
      conditions: [
        (keys) => {
          heard.push({ role: name, demand: { action, resource, keys } });
          return false;
        },
      ],
    };
    policies.set('listener', { text: '{}', statements: [listener] });
  }
  return heard;
}

/** Which of the role's actions none of these questions needs: without it, all that was allowed is allowed still. */
export function spareIn(role: PrintedRole, asked: readonly Asked[]): string[] {
  const may = (policy: Policy) => (demand: Demand) => evaluate({ identity: [policy] }, demand) === 'allowed';
  const own = asked.filter((one) => one.role === role.name).map(({ demand }) => demand);
  const allowed = own.filter(may(without(role)));
  return actionsOf(role).filter((action) => allowed.every(may(without(role, action))));
}

async function problemsOnTheWay(run: Run, sandbox: Sandbox, meanwhile?: Walk['meanwhile']): Promise<string[]> {
  const wait = async (ms: number): Promise<void> => sandbox.world.clock.move(ms / 1000);
  const plan = planOf(run, await observe(run));
  const unread = unreadIn(plan);
  if (unread.length > 0) return unread;
  meanwhile?.(sandbox);
  const applied = await applyCells(run, changing(plan), { wait });
  const failed = applied.outcomes.flatMap(({ result, reason }) => (result === 'applied' ? [] : [`${reason?.message}`]));
  if (failed.length > 0) return failed;
  const undone = await applyCells(run, changing(await undoPlan(run, applied)), { wait });
  return undone.outcomes.flatMap(({ result, reason }) => (result === 'applied' ? [] : [`undo: ${reason?.message}`]));
}

function unreadIn({ cells }: Plan): string[] {
  return cells.flatMap(({ outcome, reason }) => (outcome === 'unread' ? [`${reason?.message}`] : []));
}

function seedFor(roles: readonly PrintedRole[]): string {
  const seeded = roles.map(({ name, trust, policies }) => ({ name, trust, policies: [policies.trueup] }));
  const list = `prefixLists: [{ name: offices, id: ${PREFIX_LIST}, entries: [198.51.100.0/24] }]`;
  return seedWith('[]')
    .replace(/^ {4}roles: .*$/m, `    roles: ${JSON.stringify(seeded)}`)
    .replace('network: { "*": { ', `network: { "*": { ${list}, `);
}
