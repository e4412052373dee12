/** Random fleets with things to change, to hold, and not to be read in them: what shares of a plan are made from. */
import fc from 'fast-check';
import { guardrails } from '../../src/guardrails/index.ts';
import type { Reading, Snapshot } from '../../src/model/snapshot.ts';
import type { Fleet, State } from '../../src/model/state.ts';
import { plan as planOf } from '../../src/reconcile.ts';
import type { Run } from '../../src/run.ts';
import { loadDocuments } from '../../src/state/load.ts';
import { NOW, TODAY } from '../support/sandbox.ts';
import { group } from '../support/snapshots.ts';

const REGIONS = ['eu-west-1', 'us-east-1'];
const HUB = '999988887777';

const DOCUMENTS = `
kind: Fleet
accounts: organization
regions: [eu-west-1, us-east-1]
homeRegion: eu-west-1
role: { read: trueup-read, write: trueup-write }
safety: { limits: { perAccount: 2, perRun: 4, percent: 10 } }
---
kind: Policy
name: baseline
targets: { accounts: [all] }
guardrails:
  default-security-group: { ingress: none }
  allowed-ingress:
    - { ports: [22], from: [198.51.100.0/24], otherwise: revoke }
    - { ports: [443], from: [10.0.0.0/8], otherwise: report }
  password-policy: { minimumLength: 14 }
---
kind: Exceptions
exceptions:
  - { guardrail: allowed-ingress, scope: { rule: "tcp 22 from 0.0.0.0/0", region: us-east-1 }, owner: web, reason: migration, expires: 2027-01-31 }
`;

const BASE = `${DOCUMENTS}---
kind: Policy
name: gone
targets: { accounts: [all] }
guardrails: { ebs-encryption: { encrypted: true } }
`;

function load(text: string): State {
  return loadDocuments([{ path: 'state.yaml', text }], { guardrails, env: {}, today: TODAY });
}
export const STATE = load(DOCUMENTS);
const before = load(BASE);
const [FLEET] = STATE.fleets as readonly [Fleet];

export type Planning = Pick<Run, 'state' | 'fleet' | 'now' | 'only' | 'shard'>;

/** The plan of everything, or of a share. */
export function planned(snapshot: Snapshot, more: Partial<Planning> = {}) {
  return planOf({ state: STATE, fleet: FLEET, now: NOW, ...more }, snapshot, before);
}
export const LIMITS = FLEET.safety.limits;

const rules = fc.subarray(['tcp 22 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 80 from 10.1.0.0/16']);
const groups = fc.array(fc.record({ name: fc.constantFrom('default', 'web', 'app'), rules }), { maxLength: 4 });
const condition = fc.constantFrom('read', 'read', 'read', 'denied');

const account = fc.record({
  id: fc.integer({ min: 1, max: 899_999 }).map((n) => String(n).padStart(12, '1')),
  name: fc.option(fc.string({ maxLength: 8 }), { nil: undefined }),
  standing: fc.constantFrom('governed', 'governed', 'governed', 'skipped', 'unreachable'),
  condition,
  length: fc.integer({ min: 6, max: 16 }),
  groups: fc.tuple(groups, groups),
});
type AccountSample = typeof account extends fc.Arbitrary<infer Sample> ? Sample : never;

export const snapshots = fc
  .uniqueArray(account, { selector: ({ id }) => id, maxLength: 12 })
  .map((accounts) => snapshotOf([...accounts].sort((a, b) => (a.id < b.id ? -1 : 1))));

function snapshotOf(accounts: readonly AccountSample[]): Snapshot {
  const reason = { code: 'access-denied', message: 'denied' };
  const standing = (wanted: AccountSample['standing']) =>
    accounts
      .filter((one) => one.standing === wanted)
      .map(({ id, name }) => ({ id, ...(name !== undefined && { name }) }));
  return {
    format: 'trueup-snapshot/1',
    stamp: { world: 'sandbox', fleet: FLEET.name, partition: 'aws', caller: HUB, by: '0.0.0' },
    takenAt: NOW.toISOString(),
    inventory: {
      caller: { account: HUB, arn: `arn:aws:sts::${HUB}:assumed-role/hub/test`, partition: 'aws' },
      accounts: standing('governed').map((one) => ({ ...one, regions: REGIONS })),
      skipped: standing('skipped').map((one) => ({ ...one, reason })),
      unreachable: standing('unreachable').map((one) => ({ ...one, reason })),
    },
    readings: accounts.filter((one) => one.standing === 'governed').flatMap(readingsOf),
  };
}

function readingsOf({ id: account, condition: how, length, groups: byRegion }: AccountSample): Reading[] {
  const policy = { value: { minimumLength: length }, handles: {}, about: {} };
  const denied = { code: 'access-denied', message: 'denied' };
  return [
    { account, region: 'global', reader: 'password-policy', want: {}, found: { '': policy } },
    ...REGIONS.flatMap((region, index): Reading[] => {
      const some = Object.fromEntries(
        (byRegion[index] ?? []).map((one, n) => [`sg-${n}`, group(one.name, ...one.rules)] as const),
      );
      const users = Object.fromEntries(Object.keys(some).map((id) => [id, { value: {}, handles: {}, about: {} }]));
      const place = { account, region };
      return how === 'denied'
        ? [{ ...place, reader: 'security-group', want: {}, found: {}, unread: denied }]
        : [
            { ...place, reader: 'security-group', want: {}, found: some },
            { ...place, reader: 'security-group-use', want: { ids: Object.keys(some) }, found: users },
          ];
    }),
  ];
}
