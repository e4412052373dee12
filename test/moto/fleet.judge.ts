/** Does discovery find the accounts of an organisation that was not built here: on several pages, in units, with tags? */
import {
  CloseAccountCommand,
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { discover } from '../../src/fleet/discover.ts';
import { emptyMoto, motoUrl, openOnMoto } from '../support/moto-world.ts';
import { ACCOUNT, REGION } from '../support/worlds.ts';
import { type Relay, startRelay } from './relay.ts';

let relay: Relay;
beforeEach(async () => {
  await emptyMoto();
  relay = await startRelay(motoUrl());
});
afterEach(() => relay.close());

const fleet = (selection: string): string => `
kind: Fleet
accounts: organization
role: { read: trueup-read, write: trueup-write }
regions: [${REGION}]
homeRegion: ${REGION}
${selection}`;

/** 24 accounts: every second one in a nested unit, every third one tagged, the last one closed. */
async function arrange(): Promise<void> {
  const credentials = { accessKeyId: 'moto', secretAccessKey: 'moto' };
  const client = new OrganizationsClient({ endpoint: relay.url, region: 'us-east-1', credentials });
  await client.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  const { Roots } = await client.send(new ListRootsCommand({}));
  const root = Roots?.[0]?.Id ?? '';
  const unit = async (ParentId: string, Name: string): Promise<string> => {
    const made = await client.send(new CreateOrganizationalUnitCommand({ ParentId, Name }));
    return made.OrganizationalUnit?.Id ?? '';
  };
  const web = await unit(await unit(root, 'Production'), 'Web');
  for (let n = 1; n <= 24; n += 1) {
    const Tags = n % 3 === 0 ? [{ Key: 'env', Value: 'sandbox' }] : [];
    const account = { AccountName: `account-${n}`, Email: `aws+${n}@example.com`, Tags };
    const { CreateAccountStatus } = await client.send(new CreateAccountCommand(account));
    const AccountId = CreateAccountStatus?.AccountId ?? '';
    const move = { AccountId, SourceParentId: root, DestinationParentId: web };
    if (n % 2 === 0) await client.send(new MoveAccountCommand(move));
    if (n === 24) await client.send(new CloseAccountCommand({ AccountId }));
  }
}

async function found(selection: string) {
  await arrange();
  const { fleet: described, state, connection } = await openOnMoto(relay.url, fleet(selection));
  try {
    return await discover(described, state.policies, connection);
  } finally {
    await connection.close();
  }
}

const names = (accounts: readonly { readonly name?: string }[]) => accounts.map(({ name }) => name).sort();
const numbered = (keep: (n: number) => boolean) =>
  Array.from({ length: 23 }, (_, index) => index + 1)
    .filter(keep)
    .map((n) => `account-${n}`)
    .sort();

it('finds every account once, and leaves the management account and a closed one out', async () => {
  const { accounts, skipped, unreachable } = await found('');
  expect(names(accounts)).toEqual(numbered(() => true));
  expect(skipped.map(({ id, name, reason }) => [id === ACCOUNT ? id : name, reason.code]).sort()).toEqual([
    [ACCOUNT, 'management-account'],
    ['account-24', 'account-suspended'],
  ]);
  expect(unreachable).toEqual([]);
});

it('selects by the path of a nested unit', async () => {
  const { accounts } = await found('include: ["ou:Production/Web"]');
  expect(names(accounts)).toEqual(numbered((n) => n % 2 === 0));
  expect(new Set(accounts.map(({ ou }) => ou))).toEqual(new Set(['Production/Web']));
});

it('excludes by tag', async () => {
  const { accounts } = await found('exclude: ["tag:env=sandbox"]');
  expect(names(accounts)).toEqual(numbered((n) => n % 3 !== 0));
});
