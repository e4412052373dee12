/** `trueup iam --diff`: how do the deployed roles differ from what the state needs, account by account? */
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import PQueue from 'p-queue';
import { discover } from '../fleet/discover.ts';
import { openReader } from '../fleet/sessions.ts';
import { compareRole, type Deployed, type Difference } from '../iam/compare.ts';
import { fillWith, policyDocument, trustDocument } from '../iam/documents.ts';
import type { Role } from '../iam/role.ts';
import { GLOBAL } from '../model/address.ts';
import type { Aws } from '../model/aws.ts';
import type { Json } from '../model/json.ts';
import { operation } from '../model/operation.ts';
import type { Reason } from '../model/problem.ts';
import type { Fleet } from '../model/state.ts';
import type { Run } from '../reconcile.ts';
import { forTerminal } from '../render/escape.ts';
import { renderJson } from '../render/json.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { withRun } from './session.ts';

const getRole = operation('iam:GetRole', GetRoleCommand);
const listPolicies = operation('iam:ListRolePolicies', ListRolePoliciesCommand, { token: 'Marker' });
const getPolicy = operation('iam:GetRolePolicy', GetRolePolicyCommand);
const listAttached = operation('iam:ListAttachedRolePolicies', ListAttachedRolePoliciesCommand, { token: 'Marker' });

/** Sent through the read role, which may do this when it was written with `--self-check`. */
export const SELF_CHECK = [getRole, listPolicies, getPolicy, listAttached] as const;

type Compared = {
  readonly account: string;
  readonly role: string;
  readonly differences: readonly Difference[];
  /** Why it could not be compared. */
  readonly unread?: Reason;
};

export async function showRoleDifferences(
  options: CommonOptions & { readonly hubAccount?: string },
  { fleet, roles }: { readonly fleet: Fleet; readonly roles: readonly Role[] },
  io: Io,
): Promise<ExitCode> {
  return withRun(options, 'read', io, async (run) => {
    const { accounts } = await discover(fleet, run.state.policies, run.connection);
    const queue = new PQueue({ concurrency: fleet.limits.concurrency });
    const hub = options.hubAccount ?? fleet.caller ?? run.connection.caller.account;
    const work = accounts.flatMap(({ id }) => roles.map((role) => () => compareDeployed(role, id, hub, run)));
    const compared = await queue.addAll(work);
    io.result(options.json ? renderJson(compared) : tell(compared));
    return compared.every(({ differences, unread }) => differences.length === 0 && !unread) ? EXIT.done : EXIT.error;
  });
}

async function compareDeployed(role: Role, account: string, hub: string, run: Run): Promise<Compared> {
  const { connection, fleet } = run;
  const base = { account, role: role.name };
  try {
    const aws = await openReader(connection, fleet, { account, region: GLOBAL }, SELF_CHECK);
    const { policies, ...deployed } = await readRole(role.name, aws);
    const { partition } = connection.caller;
    // A role's policy reaches no other account by itself: naming its own and leaving it open are the same.
    const open = Object.entries(policies).map(([name, policy]) => [name, withoutAccount(policy, account)]);
    const fill = fillWith({ partition, account: '*', hub, externalId: fleet.externalId ?? '' });
    const wanted = { trust: trustDocument(role, fill), policy: policyDocument(role.statements, fill) };
    return { ...base, differences: compareRole(wanted, { ...deployed, policies: Object.fromEntries(open) }) };
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchEntityException')
      return { ...base, differences: [{ kind: 'missing', what: 'the role itself' }] };
    const reason = connection.explain(error, { doing: `read the role ${role.name}`, account });
    return { ...base, differences: [], unread: { ...reason, ...(reason.code === 'access-denied' && ADVICE) } };
  }
}

const ADVICE = {
  advice: 'let the read role look at these roles: "trueup iam --self-check" writes the statement for it',
};

async function readRole(RoleName: string, aws: Aws): Promise<Deployed> {
  const { Role: role } = await aws.send(getRole({ RoleName }));
  const names: string[] = [];
  for await (const { PolicyNames = [] } of aws.pages(listPolicies({ RoleName }))) names.push(...PolicyNames);
  const attached: string[] = [];
  for await (const { AttachedPolicies = [] } of aws.pages(listAttached({ RoleName })))
    attached.push(...AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []));
  const policies = await Promise.all(
    names.map(async (PolicyName) => {
      const { PolicyDocument } = await aws.send(getPolicy({ RoleName, PolicyName }));
      return [PolicyName, decoded(PolicyDocument)] as const;
    }),
  );
  const trust = decoded(role?.AssumeRolePolicyDocument);
  return { trust, policies: Object.fromEntries(policies), attached };
}

function withoutAccount(policy: Json, account: string): Json {
  return JSON.parse(JSON.stringify(policy).replaceAll(`:${account}:`, ':*:')) as Json;
}

/** IAM answers with documents that are encoded as in a URL. */
function decoded(document: string | undefined): Json {
  return document === undefined ? null : (JSON.parse(decodeURIComponent(document)) as Json);
}

const SIGNS = { missing: 'missing ', beyond: 'beyond  ' } as const;

function tell(compared: readonly Compared[]): string {
  const differing = compared.filter(({ differences, unread }) => differences.length > 0 || unread);
  const lines = differing.flatMap(({ account, role, differences, unread }) => [
    `${account} ${forTerminal(role)}`,
    ...(unread ? [`  unread   ${forTerminal(unread.message, 500)}`, `           ${unread.advice ?? ''}`] : []),
    ...differences.map(({ kind, what }) => `  ${SIGNS[kind]} ${forTerminal(what, 500)}`),
  ]);
  const same = compared.length - differing.length;
  return [...lines, `${compared.length} roles compared, ${same} as the state needs them`].join('\n');
}
