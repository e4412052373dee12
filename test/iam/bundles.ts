/** Roles of a fleet that uses what there is, as every format has to write them. */
import type { Bundle } from '../../src/iam/bundle.ts';
import { hubRoles } from '../../src/iam/hub-roles.ts';
import { boundaryOf, memberRoles } from '../../src/iam/member-roles.ts';
import { neededBy } from '../../src/iam/needed.ts';
import { journalAccess, parseS3Place } from '../../src/journal/s3-place.ts';
import type { GuardrailEntry } from '../../src/model/state.ts';
import { fleet as fleetWith, policy as policyFor } from '../fleet/fleets.ts';

const at = { file: 'state/x.yaml', line: 1, column: 1 };
const entry = (guardrail: string): GuardrailEntry => ({ guardrail, params: {}, at, positions: {} });
const JOURNAL = parseS3Place('s3://trueup-journal/team');
const fleet = fleetWith({
  role: { read: 'trueup-read', write: 'arn:{partition}:iam::{account}:role/team/trueup/write', heal: 'trueup-heal' },
  externalId: 'do-not-print-me-7',
  heal: ['password-policy'],
  fences: [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM, which no format may fill in
    { deny: ['ec2:DeleteTags'], on: ['*'], when: { StringNotLike: { 'aws:PrincipalTag/t': ['${aws:userid}%{x}'] } } },
  ],
});
const policies = [
  {
    ...policyFor(['ou:Web', 'tag:a=b']),
    guardrails: ['allowed-ingress', 'password-policy', 'security-hub', 'ebs-encryption'].map(entry),
  },
];

export const roles = memberRoles(fleet, neededBy({ policies }, fleet), { selfCheck: true, report: true });
export const members: Bundle = {
  part: 'members',
  roles,
  boundary: boundaryOf('trueup-boundary', roles),
  provider: false,
  known: { partition: 'aws', hub: '222222222222' },
};
export const hub: Bundle = {
  part: 'hub',
  roles: hubRoles(fleet, policies, { immutable: true, journal: journalAccess(JOURNAL, '{partition}').Statement }),
  provider: true,
  known: { partition: 'aws', hub: '222222222222', owner: 'o', repository: 'r', ownerId: '12', repositoryId: '34' },
};

/** What each token stands for in the comparison. */
export const VALUES = {
  partition: 'aws',
  account: '111122223333',
  hub: '222222222222',
  externalId: 'an-external-id',
  owner: 'o',
  repository: 'r',
  ownerId: '12',
  repositoryId: '34',
};
