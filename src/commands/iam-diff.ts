/** `trueup iam --diff`: how do the deployed roles differ from what the state needs, account by account? */
import PQueue from 'p-queue';
import { discover } from '../fleet/discover.ts';
import { openReader } from '../fleet/sessions.ts';
import type { Bundle } from '../iam/bundle.ts';
import { compareRole, type Deployed, type Wanted } from '../iam/compare.ts';
import { readRole } from '../iam/deployed.ts';
import type { Difference } from '../iam/difference.ts';
import { fillWith, policyDocument, trustDocument } from '../iam/documents.ts';
import type { Role } from '../iam/role.ts';
import { ON_MANAGED, ON_ROLES } from '../iam/self-check.ts';
import { GLOBAL } from '../model/address.ts';
import type { Aws } from '../model/aws.ts';
import type { Json } from '../model/json.ts';
import type { Reason } from '../model/problem.ts';
import type { Skipped } from '../model/snapshot.ts';
import { refuseUnknown } from '../reading.ts';
import { forTerminal } from '../render/escape.ts';
import { renderJson } from '../render/json.ts';
import type { Run } from '../run.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { withRun } from './session.ts';

type Compared = {
  readonly account: string;
  readonly role: string;
  readonly differences: readonly Difference[];
  /** Why it could not be compared. */
  readonly unread?: Reason;
};

export async function showRoleDifferences(options: CommonOptions, bundle: Bundle, io: Io): Promise<ExitCode> {
  return withRun(options, 'read', io, async (run) => {
    const { accounts, left } = await accountsWith(bundle, run);
    const queue = new PQueue({ concurrency: run.fleet.limits.concurrency });
    const work = accounts.flatMap((account) => bundle.roles.map((role) => () => compareIn(account, role, bundle, run)));
    const compared = await queue.addAll(work);
    io.result(options.json ? renderJson(compared) : tell(compared));
    for (const { id, reason } of left) io.say(`not compared: ${id}, ${forTerminal(reason.message)}`);
    const same = compared.every(({ differences, unread }) => differences.length === 0 && !unread);
    // Where nothing was compared, nothing is as it should be.
    return same && compared.length > 0 ? EXIT.done : EXIT.error;
  });
}

type Meant = { readonly accounts: readonly string[]; readonly left: readonly Skipped[] };

/**
 * Also those whose regions could not be listed: their roles stand in no region, and if they cannot be read either, that
 * is told. Only what the fleet leaves out is left out.
 */
async function accountsWith({ part }: Bundle, run: Run): Promise<Meant> {
  const { fleet, state, connection, only } = run;
  if (part === 'hub') return { accounts: [connection.caller.account], left: [] };
  const inventory = await discover(fleet, state.policies, connection);
  refuseUnknown(run.only, inventory);
  const meant = <Named extends { readonly id: string }>(some: readonly Named[]) =>
    some.filter(({ id }) => !only?.accounts || only.accounts.includes(id));
  const accounts = meant([...inventory.accounts, ...inventory.unreachable]).map(({ id }) => id);
  return { accounts: [...new Set(accounts)].sort(), left: meant(inventory.skipped) };
}

async function compareIn(account: string, role: Role, bundle: Bundle, run: Run): Promise<Compared> {
  const { connection } = run;
  const base = { account, role: role.name };
  try {
    const deployed = await readRole(role.name, await openAt(account, bundle, run));
    return {
      ...base,
      differences: compareRole(wantedIn(role, account, { bundle, run }), openAccount(deployed, account)),
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchEntityException')
      return { ...base, differences: [{ kind: 'missing', what: 'the role itself' }] };
    const reason = connection.explain(error, { doing: `read the role ${role.name}`, account });
    const advice = reason.code === 'access-denied' && { advice: ADVICE[bundle.part] };
    return { ...base, differences: [], unread: { ...reason, ...advice } };
  }
}

const ADVICE = {
  members: 'let the read role look at these roles: "trueup iam --self-check" writes the statement for it',
  hub: 'run it with credentials that may read the roles of this account',
} as const;

/** With the read role, as far as it goes; the roles of the hub are none of its business. */
async function openAt(account: string, { part }: Bundle, { connection, fleet }: Run): Promise<Aws> {
  const operations = [...ON_ROLES, ...ON_MANAGED];
  if (part === 'hub') return connection.own(GLOBAL, operations);
  return openReader(connection, fleet, { account, region: GLOBAL }, operations);
}

function wantedIn(
  { path, ...role }: Role,
  account: string,
  { bundle: { known, boundary }, run }: { readonly bundle: Bundle; readonly run: Run },
): Wanted {
  const { connection, fleet } = run;
  const { partition, account: caller } = connection.caller;
  const fill = fillWith({ hub: caller, ...known, partition, account: '*', externalId: fleet.externalId ?? '' });
  return {
    trust: trustDocument(role, fill),
    path,
    policy: open(policyDocument(role.statements, fill), account),
    ...(typeof boundary === 'string' && { boundary: fill(boundary) }),
    ...(typeof boundary === 'object' && {
      boundary: { name: boundary.name, document: open(policyDocument(boundary.statements, fill), account) },
    }),
  };
}

function openAccount(deployed: Deployed, account: string): Deployed {
  const { policies, attached, boundary } = deployed;
  const all = <Document extends Json | undefined>(documents: { readonly [name: string]: Document }) =>
    Object.fromEntries(Object.entries(documents).map(([name, one]) => [name, one && open(one, account)]));
  return {
    ...deployed,
    policies: all(policies) as Deployed['policies'],
    attached: all(attached),
    ...(boundary && { boundary: { ...boundary, document: boundary.document && open(boundary.document, account) } }),
  };
}

/** A role's policy reaches no other account by itself: naming its own and leaving it open are the same. */
function open(document: Json, account: string): Json {
  return JSON.parse(JSON.stringify(document).replaceAll(`:${account}:`, ':*:')) as Json;
}

const SIGNS = { missing: 'missing ', beyond: 'beyond  ', unknown: 'unknown ' } as const;

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
