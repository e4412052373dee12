/** `trueup iam`: the roles that this state needs, computed from it; or how the deployed ones differ from them. */

import { type Bundle, PATTERNS } from '../iam/bundle.ts';
import { asCloudFormation } from '../iam/cloudformation.ts';
import { policyDocument } from '../iam/documents.ts';
import { hubRoles } from '../iam/hub-roles.ts';
import { asJson } from '../iam/json.ts';
import { boundaryOf, memberRoles, roleNames } from '../iam/member-roles.ts';
import { neededBy } from '../iam/needed.ts';
import type { Boundary, Role } from '../iam/role.ts';
import { asTerraform } from '../iam/terraform.ts';
import { cellsOfRun } from '../journal/cells-of-run.ts';
import { readRun } from '../journal/read-journal.ts';
import { isS3, journalAccess, parseS3Place } from '../journal/s3-place.ts';
import type { JournalStore } from '../journal/store.ts';
import type { Fleet, State } from '../model/state.ts';
import { showRoleDifferences } from './iam-diff.ts';
import { EXIT, type ExitCode, type Io, usageError } from './io.ts';
import { withStore } from './journal-place.ts';
import type { CommonOptions } from './options.ts';
import { chooseFleet, readState } from './session.ts';

export type IamOptions = CommonOptions & {
  readonly format?: 'json' | 'cloudformation' | 'terraform';
  readonly part?: Bundle['part'];
  readonly hubAccount?: string;
  readonly callerRole?: readonly string[];
  readonly repository?: string;
  readonly ownerId?: string;
  readonly repositoryId?: string;
  readonly partition?: string;
  readonly boundary?: string;
  readonly journal?: string;
  readonly selfCheck?: boolean;
  readonly report?: boolean;
  readonly diff?: boolean;
};

export async function iam(options: IamOptions, io: Io): Promise<ExitCode> {
  const state = await readState(options.state, io);
  const fleet = chooseFleet(state, options.fleet);
  // For the hub, the journal is only a place that its roles may write to; it need not be there yet.
  const asked = options.journal !== undefined && options.part !== 'hub';
  const retained = asked ? await withStore(options, io, resourcesIn) : [];
  const bundle = bundleOf(state, fleet, retained, options);
  if (options.diff) return showRoleDifferences(options, bundle, io);
  io.result(written(bundle, options, fleet));
  for (const note of notesOn(bundle, fleet, options)) io.say(note);
  return EXIT.done;
}

function written(bundle: Bundle, { format = 'json' }: IamOptions, fleet: Fleet): string {
  if (format === 'cloudformation') return asCloudFormation(bundle).trimEnd();
  if (format === 'terraform') return asTerraform(bundle).trimEnd();
  if (bundle.known.hub === undefined)
    throw usageError(
      'the account that Trueup is called from is not known',
      `add --hub-account ID, or "caller" to the fleet at ${fleet.at.file}:${fleet.at.line}`,
    );
  return JSON.stringify(asJson(bundle), null, 2);
}

function membersOf(state: State, fleet: Fleet, retained: readonly string[], options: IamOptions): Role[] {
  return memberRoles(fleet, neededBy(state, fleet, retained), {
    selfCheck: options.selfCheck ?? false,
    report: options.report ?? false,
    ...(options.callerRole && { callers: options.callerRole }),
  });
}

function bundleOf(state: State, fleet: Fleet, retained: readonly string[], options: IamOptions): Bundle {
  const { part = 'members', partition = 'aws' } = options;
  const hub = checked('hubAccount', options.hubAccount, PATTERNS.hub) ?? fleet.caller;
  const known = { partition, ...(hub !== undefined && { hub }), ...repositoryOf(options) };
  if (part === 'members') {
    const roles = membersOf(state, fleet, retained, options);
    return { part, roles, provider: false, known, ...boundedBy(options, roles) };
  }
  // A template asks for the numbers; a document that is finished has them or does without.
  const immutable = (options.format ?? 'json') !== 'json' || known.ownerId !== undefined;
  const { journal: place } = options;
  const journal = place !== undefined && isS3(place) ? journalAccess(parseS3Place(place), '{partition}').Statement : [];
  const bounded = options.boundary !== undefined;
  const roles = hubRoles(fleet, state.policies, { immutable, journal, bounded });
  return { part, roles, provider: true, known, ...boundedBy(options, roles) };
}

/** Of either part: an option that is passed over would look like a bound. */
function boundedBy({ boundary }: IamOptions, roles: readonly Role[]): Pick<Bundle, 'boundary'> {
  if (boundary === undefined) return {};
  return { boundary: boundary.startsWith('arn:') ? boundary : boundaryWithin(boundaryOf(boundary, roles)) };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST_MANAGED_POLICY = 6144;

function boundaryWithin(boundary: Boundary): Boundary {
  const { length } = JSON.stringify(policyDocument(boundary.statements, (text) => text));
  if (length <= LONGEST_MANAGED_POLICY) return boundary;
  throw usageError(
    `the boundary would have ${length} characters, and IAM takes ${LONGEST_MANAGED_POLICY}`,
    'shorten the fences of the fleet, or attach a boundary of your own with --boundary ARN',
  );
}

function repositoryOf(options: IamOptions): Bundle['known'] {
  const { repository: whole } = options;
  const [owner, repository] =
    checked('repository', whole, `${PATTERNS.owner}/${PATTERNS.repository}`)?.split('/') ?? [];
  const ownerId = checked('ownerId', options.ownerId, PATTERNS.ownerId);
  const repositoryId = checked('repositoryId', options.repositoryId, PATTERNS.repositoryId);
  if ((ownerId === undefined) !== (repositoryId === undefined))
    throw usageError('--owner-id and --repository-id go together', 'give both numbers, or neither');
  if (options.part === 'hub' && (options.format ?? 'json') === 'json' && owner === undefined)
    throw usageError('the repository is not known', 'add --repository OWNER/NAME');
  return {
    ...(owner !== undefined && repository !== undefined && { owner, repository }),
    ...(ownerId !== undefined && repositoryId !== undefined && { ownerId, repositoryId }),
  };
}

function checked(name: string, value: string | undefined, pattern = ''): string | undefined {
  if (value === undefined || new RegExp(`^${pattern}$`).test(value)) return value;
  const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw usageError(`--${option} does not have the form it should`, `it matches ${pattern}`);
}

/** What a person must know to use the roles, and would not see in them. */
function notesOn({ part, known }: Bundle, fleet: Fleet, { journal, callerRole }: IamOptions): string[] {
  const named = fleet.role.read !== undefined && fleet.role.write !== undefined;
  const { read, write } = roleNames(fleet);
  const unnamed = named ? [] : [`the fleet names no role for this: write "role: { read: ${read}, write: ${write} }"`];
  if (part === 'hub')
    return [
      ...unnamed,
      'protect the environments: trueup-apply and trueup-heal for the main branch only, with reviewers where wanted',
      ...(known.ownerId === undefined
        ? [
            'repositories created, renamed or moved since July 2026 have other subjects: pass --owner-id and --repository-id',
          ]
        : []),
    ];
  return [
    ...unnamed,
    ...(fleet.externalId === undefined
      ? ['no external id is asked for: set externalId in the fleet to ask for one']
      : []),
    ...(journal === undefined
      ? ['what only earlier runs touched is left out: --journal DIR keeps what their revert needs']
      : []),
    ...(callerRole
      ? []
      : [
          'the roles trust trueup-plan, trueup-apply and trueup-heal of the hub account; --caller-role NAME names others',
        ]),
  ];
}

/** A journal that is kept is a promise that its runs can be turned back. */
async function resourcesIn(store: JournalStore): Promise<string[]> {
  const found = await Promise.all((await store.runs()).map((run) => readRun(store, run)));
  const cells = found.flatMap(({ lines }) => cellsOfRun(lines).filter(({ sent }) => sent.length > 0));
  return [...new Set(cells.map(({ cell }) => cell.address.resource))];
}
