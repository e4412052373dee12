/** What if AWS Organizations answers in the older way, with gaps, or without end? */
import { afterEach, describe, expect, it } from 'vitest';
import { discover } from '../../src/fleet/discover.ts';
import type { Inventory } from '../../src/model/snapshot.ts';
import type { Fleet } from '../../src/model/state.ts';
import { type Asked, type Canned, startCanned } from '../aws/canned.ts';
import { enter, failure } from '../aws/organisation.ts';
import { fleet } from './fleets.ts';

const MANAGEMENT = '100000000001';
const arn = (id: string): string => `arn:aws:organizations::${MANAGEMENT}:account/o-abcdefghij/${id}`;
const account = (id: string, more: object = {}): object => ({ Id: id, Arn: arn(id), Name: `n${id}`, ...more });

let server: Canned;
afterEach(() => server.close());

async function find(reply: (asked: Asked) => object | undefined, more: Partial<Fleet> = {}): Promise<Inventory> {
  server = await startCanned(reply);
  const connection = await enter(server, { attempts: 1 });
  try {
    return await discover(fleet({ regions: ['eu-west-1'], ...more }), [], connection);
  } finally {
    await connection.close();
  }
}

const listing =
  (...accounts: object[]) =>
  ({ target }: Asked): object | undefined =>
    target === 'ListAccounts' ? { Accounts: accounts } : undefined;

describe('the state of an account', () => {
  it.each([
    [{ State: 'ACTIVE' }, 'governed'],
    [{ Status: 'ACTIVE' }, 'governed'],
    [{ State: 'PENDING_CLOSURE' }, 'governed'],
    [{ State: 'CLOSED', Status: 'SUSPENDED' }, 'account-closed'],
    [{ State: 'SUSPENDED', Status: 'ACTIVE' }, 'account-suspended'],
    [{ Status: 'SUSPENDED' }, 'account-suspended'],
    [{}, 'account-unknown'],
    [{ State: 'SOMETHING_NEW', Status: 'ACTIVE' }, 'account-unknown'],
    [{ State: 'toString' }, 'account-unknown'],
  ])('%j: %s', async (state, expected) => {
    const { accounts, skipped } = await find(listing(account('222222222222', state)));
    expect(accounts.length === 1 ? 'governed' : skipped[0]?.reason.code).toBe(expected);
  });

  it('does not matter for the management account, which is skipped unless it is named', async () => {
    const reply = listing(account(MANAGEMENT, { State: 'ACTIVE' }));
    expect((await find(reply)).skipped[0]?.reason.code).toBe('management-account');
    await server.close();
    expect((await find(reply, { include: [MANAGEMENT] })).accounts).toHaveLength(1);
  });

  it('is not enough for an account that could be the management account for all one knows', async () => {
    const { skipped } = await find(listing({ Id: '222222222222', State: 'ACTIVE' }));
    expect(skipped[0]?.reason.code).toBe('account-unclear');
  });
});

describe('units without paths', () => {
  const units: { readonly [parent: string]: object } = {
    'r-ab12': { OrganizationalUnits: [{ Id: 'ou-ab12-11111111', Name: 'Production' }] },
    'ou-ab12-11111111': { OrganizationalUnits: [{ Id: 'ou-ab12-22222222', Name: 'Web' }] },
  };
  const inside: { readonly [parent: string]: object } = {
    'r-ab12': { Accounts: [account('333333333333')] },
    'ou-ab12-22222222': { Accounts: [account('222222222222')] },
  };
  const reply = ({ target, body }: Asked): object | undefined => {
    const parent = JSON.parse(target.startsWith('List') ? body : '{}').ParentId ?? '';
    if (target === 'ListAccounts')
      return { Accounts: [account('222222222222', { State: 'ACTIVE' }), account('333333333333', { State: 'ACTIVE' })] };
    if (target === 'ListRoots') return { Roots: [{ Id: 'r-ab12' }] };
    if (target === 'ListOrganizationalUnitsForParent') return units[parent] ?? {};
    return target === 'ListAccountsForParent' ? (inside[parent] ?? {}) : undefined;
  };

  it('are found by walking the tree', async () => {
    const { accounts } = await find(reply, { include: ['ou:Production'], limits: { concurrency: 4, rate: {} } });
    expect(accounts).toEqual([
      {
        id: '222222222222',
        name: 'n222222222222',
        path: ['r-ab12', 'ou-ab12-11111111', 'ou-ab12-22222222'],
        ou: 'Production/Web',
        regions: ['eu-west-1'],
      },
    ]);
  });

  it('are not looked for when no selector asks', async () => {
    const { accounts } = await find(reply);
    expect(accounts).toHaveLength(2);
    expect(server.asked.map(({ target }) => target)).toEqual(['GetCallerIdentity', 'ListAccounts']);
  });
});

describe('a list without end', () => {
  it('is an error, and not an empty or half a fleet', async () => {
    const endless = ({ target }: Asked): object | undefined =>
      target === 'ListAccounts'
        ? { Accounts: [account('222222222222', { State: 'ACTIVE' })], NextToken: 'again' }
        : undefined;
    expect(await failure(find(endless))).toMatchObject({ code: 'endless-pages' });
  });
});
