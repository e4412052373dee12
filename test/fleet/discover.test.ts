/** Does discovery find what is there, say why it leaves something out, and stop for no single account? */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { discover } from '../../src/fleet/discover.ts';
import type { Connection } from '../../src/model/aws.ts';
import type { Inventory } from '../../src/model/snapshot.ts';
import type { Fleet } from '../../src/model/state.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import * as org from '../aws/organisation.ts';
import { fleet, policy } from './fleets.ts';

const { BARE, DATA, GONE, HUB, MANAGEMENT, WEB, failure, sent } = org;

let sandbox: Sandbox;
let connection: Connection;
beforeEach(async () => {
  sandbox = await org.start();
  connection = await org.enter(sandbox);
});
afterEach(async () => {
  await connection.close();
  await sandbox.close();
});

const find = (more: Partial<Fleet> = {}, policies = [policy(['all'])]): Promise<Inventory> =>
  discover(fleet(more), policies, connection);

const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);
const codes = (list: readonly { readonly id: string; readonly reason: { readonly code: string } }[]) =>
  Object.fromEntries(list.map(({ id, reason }) => [id, reason.code]));

describe('an organisation', () => {
  it('gives its accounts with their enabled regions; the others say why not', async () => {
    const inventory = await find();
    expect(inventory.caller).toEqual(connection.caller);
    expect(inventory.accounts.map(({ id, name, regions }) => ({ id, name, regions }))).toEqual([
      { id: HUB, name: 'security', regions: ['ap-southeast-2', 'eu-west-1', 'us-east-1'] },
      { id: WEB, name: 'web-prod', regions: ['ap-southeast-2', 'eu-west-1', 'us-east-1'] },
      { id: DATA, name: 'data-prod', regions: ['eu-west-1', 'us-east-1'] },
    ]);
    expect(codes(inventory.skipped)).toEqual({ [MANAGEMENT]: 'management-account', [GONE]: 'account-suspended' });
    expect(codes(inventory.unreachable)).toEqual({ [BARE]: 'role-not-assumable' });
    expect(inventory.unreachable[0]?.reason.message).toContain(`arn:aws:iam::${BARE}:role/trueup-read`);
    expect(JSON.parse(JSON.stringify(inventory))).toEqual(inventory);
  });

  it('names the home region, where it is one that an account has not', async () => {
    const { accounts, unreachable } = await find({ homeRegion: 'ap-southeast-2' });
    expect(ids(accounts)).toEqual([HUB, WEB]);
    const reason = unreachable.find(({ id }) => id === DATA)?.reason;
    expect(reason?.code).toBe('region-not-usable');
    expect(reason?.message).toContain(`could not list the enabled regions in ${DATA} ap-southeast-2`);
    expect(reason?.advice).toMatch(/^ap-southeast-2 is the fleet's homeRegion/);
  });

  it('is asked once, and only for what a selector needs', async () => {
    await find();
    expect(sent(sandbox, 'ListAccounts')).toHaveLength(1);
    expect(sandbox.requests.filter(({ service }) => service === 'organizations')).toHaveLength(1);
    expect(sent(sandbox, 'DescribeRegions')).toHaveLength(3);
  });

  it('is read with sessions that may list regions and nothing else', async () => {
    await find();
    const policies = new Set(sent(sandbox, 'DescribeRegions').map(({ session }) => session.policy));
    expect([...policies].map((text) => JSON.parse(text ?? ''))).toEqual([org.allow('ec2:DescribeRegions')]);
  });

  it.each([
    [{ include: ['ou:Production'] }, [WEB, DATA]],
    [{ include: ['ou:Production/Web'] }, [WEB]],
    [{ include: ['all'], exclude: ['ou:Production', 'self'] }, []],
    [{ include: ['name:*-prod'] }, [WEB, DATA]],
    [{ include: ['tag:env=prod'], exclude: [DATA] }, [WEB]],
    [{ include: ['all', MANAGEMENT] }, [MANAGEMENT, HUB, WEB, DATA]],
    [{ include: ['all'], exclude: ['name:management'] }, [HUB, WEB, DATA]],
    [{ include: [MANAGEMENT, WEB], exclude: [MANAGEMENT] }, [WEB]],
    [{ callingAccount: 'exclude' as const }, [WEB, DATA]],
  ])('narrowed by %j', async (more, expected) => {
    const { accounts } = await find(more);
    expect(ids(accounts)).toEqual(expected);
  });

  it('says which selector excluded an account', async () => {
    const { skipped } = await find({ exclude: ['name:web-*'], callingAccount: 'exclude' });
    expect(skipped.find(({ id }) => id === WEB)?.reason.message).toBe('the fleet excludes "name:web-*"');
    expect(codes(skipped)[HUB]).toBe('calling-account');
  });

  it('knows paths by names and by ids when a policy asks for units', async () => {
    const { accounts } = await find({}, [policy(['ou:Production/Web'])]);
    const web = accounts.find(({ id }) => id === WEB);
    expect(web?.ou).toBe('Production/Web');
    expect(web?.path).toHaveLength(3);
    const [, unit = ''] = web?.path ?? [];
    expect(ids((await find({ include: [`ou:${unit}`] })).accounts)).toEqual([WEB, DATA]);
  });

  it('knows tags when a policy asks for them, and asks nothing about accounts that are out anyway', async () => {
    const { accounts } = await find({ exclude: [DATA] }, [policy(['all'], ['tag:env=prod'])]);
    expect(accounts.find(({ id }) => id === WEB)?.tags).toEqual({ env: 'prod' });
    const asked = sent(sandbox, 'ListTagsForResource').map(({ input }) => input.ResourceId);
    expect([...asked].sort()).toEqual([HUB, WEB, BARE]);
  });

  it('leaves alone, and reports, an account whose tags it cannot read', async () => {
    sandbox.fault({ match: { action: 'ListTagsForResource', nth: 1 }, do: 'deny' });
    const { accounts, unreachable } = await find({ limits: { concurrency: 1, rate: {} }, exclude: ['tag:env=x'] });
    expect(ids(accounts)).toEqual([WEB, DATA]);
    expect(unreachable.find(({ id }) => id === HUB)?.reason).toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining('organizations:ListTagsForResource'),
    });
  });

  it('of more than one page, with an empty one among them, is read to its end', async () => {
    const { organization, accounts } = org.seed;
    const many = { id: '700000000001', name: 'copy-{n}', copies: 45 };
    const large = await org.start({
      organization: { ...organization, emptyPage: true },
      accounts: [...accounts, many],
    });
    const other = await org.enter(large);
    const inventory = await discover(fleet({ regions: ['eu-west-1'] }), [], other);
    expect(inventory.accounts).toHaveLength(49);
    expect(sent(large, 'ListAccounts')).toHaveLength(4);
    expect(sent(large, 'AssumeRole')).toHaveLength(0);
    await other.close();
    await large.close();
  });

  it('still governs an account that is about to be closed, but none that is closed or not yet there', async () => {
    const state = (id: string, of: 'PENDING_CLOSURE' | 'CLOSED' | 'PENDING_ACTIVATION') => ({
      id,
      name: of,
      state: of,
    });
    const accounts = [
      ...org.seed.accounts.slice(0, 2),
      state('700000000001', 'PENDING_CLOSURE'),
      state('700000000002', 'CLOSED'),
      state('700000000003', 'PENDING_ACTIVATION'),
    ];
    const closing = await org.start({ accounts });
    const other = await org.enter(closing);
    const inventory = await discover(fleet({ regions: ['eu-west-1'] }), [], other);
    expect(ids(inventory.accounts)).toEqual([HUB, '700000000001']);
    expect(codes(inventory.skipped)).toMatchObject({
      '700000000002': 'account-closed',
      '700000000003': 'account-pending-activation',
    });
    await other.close();
    await closing.close();
  });
});

describe('an organisation that cannot be listed', () => {
  const ADVICE = /management account or a delegated administrator.*list the accounts in the fleet/;

  it('because the caller is no administrator of it: what to do instead', async () => {
    const { organization } = org.seed;
    const plain = await org.start({ organization: { ...organization, delegated: [] } });
    const other = await org.enter(plain);
    const error = await failure(discover(fleet(), [], other));
    expect(error).toMatchObject({ code: 'organization-not-readable', advice: expect.stringMatching(ADVICE) });
    await other.close();
    await plain.close();
  });

  it('because there is none', async () => {
    const message = 'Your account is not a member of an organization.';
    const code = 'AWSOrganizationsNotInUseException';
    sandbox.fault({ match: { action: 'ListAccounts' }, do: { code, status: 400, message } });
    const error = await failure(find());
    expect(error).toMatchObject({ code: 'organization-not-readable', message: expect.stringContaining('not in an') });
  });

  it('because AWS keeps refusing: that is not blamed on permissions', async () => {
    const hasty = await org.enter(sandbox, { attempts: 2 });
    sandbox.fault({ match: { action: 'ListAccounts' }, do: 'throttle' });
    expect(await failure(discover(fleet(), [], hasty))).toMatchObject({ code: 'throttled' });
    await hasty.close();
  });
});

describe('on the way', () => {
  it.each(['throttle', 'drop', 'error500'] as const)('a %s in the sweep is survived', async (kind) => {
    sandbox.fault({ match: { action: 'ListAccounts', times: 1 }, do: kind });
    expect(ids((await find({ regions: ['eu-west-1'] })).accounts)).toEqual([HUB, WEB, DATA, BARE]);
  });

  it('a region list that stays unanswered costs that account, and no other', async () => {
    const hasty = await org.enter(sandbox, { attempts: 2 });
    sandbox.fault({ match: { action: 'DescribeRegions', account: WEB }, do: 'drop' });
    const { accounts, unreachable } = await discover(fleet(), [], hasty);
    expect(ids(accounts)).toEqual([HUB, DATA]);
    expect(codes(unreachable)).toEqual({ [WEB]: 'network', [BARE]: 'role-not-assumable' });
    await hasty.close();
  });

  it('sessions that expire between sweep and regions are renewed', async () => {
    await find({ include: [WEB] });
    sandbox.world.clock.move(2 * 3600);
    expect(ids((await find({ include: [WEB] })).accounts)).toEqual([WEB]);
  });

  it('an external id that is wrong makes every account unreachable, and is printed nowhere', async () => {
    const other = await org.enter(sandbox, { externalId: 'another-secret-id' });
    const inventory = await discover(fleet(), [], other);
    expect(inventory.accounts).toEqual([]);
    expect(Object.values(codes(inventory.unreachable))).toEqual(Array(4).fill('role-not-assumable'));
    expect(JSON.stringify(inventory)).not.toMatch(/another-secret-id|do-not-print-me/);
    await other.close();
  });
});

describe('accounts', () => {
  it('self: the own session serves, and no role is needed', async () => {
    const { accounts } = await find({ accounts: 'self', role: {}, callingAccount: 'exclude' });
    expect(accounts).toEqual([{ id: HUB, regions: ['ap-southeast-2', 'eu-west-1', 'us-east-1'] }]);
    expect(sent(sandbox, 'AssumeRole')).toHaveLength(0);
    expect(sent(sandbox, 'ListAccounts')).toHaveLength(0);
  });

  it('self with a read role is read through that role', async () => {
    await find({ accounts: 'self' });
    expect(sent(sandbox, 'AssumeRole')[0]?.input.RoleArn).toBe(`arn:aws:iam::${HUB}:role/trueup-read`);
  });

  it('as a list: nobody asks Organizations, and the management account was named', async () => {
    const accounts = [
      { id: WEB, name: 'web', tags: { tier: 'front' } },
      { id: MANAGEMENT, ou: 'Root' },
    ];
    const inventory = await find({ accounts, exclude: ['tag:tier=back'] });
    expect(inventory.accounts.map(({ id, name, tags }) => ({ id, name, tags }))).toEqual([
      { id: MANAGEMENT, name: undefined, tags: undefined },
      { id: WEB, name: 'web', tags: { tier: 'front' } },
    ]);
    expect(sandbox.requests.some(({ service }) => service === 'organizations')).toBe(false);
  });

  it('other than the own one cannot be read without a role', async () => {
    const { accounts, unreachable } = await find({ accounts: [{ id: WEB }, { id: HUB }], role: {} });
    expect(ids(accounts)).toEqual([HUB]);
    expect(codes(unreachable)).toEqual({ [WEB]: 'no-read-role' });
  });

  it('that the sandbox does not know are unreachable like any other', async () => {
    const { unreachable } = await find({ accounts: [{ id: '123123123123', name: 'typo' }] });
    expect(unreachable).toMatchObject([{ id: '123123123123', name: 'typo', reason: { code: 'role-not-assumable' } }]);
  });
});

describe('regions', () => {
  it('that are listed are taken as they are, and nobody is asked', async () => {
    const { accounts, unreachable } = await find({ regions: ['us-east-1', 'eu-west-1'] });
    expect(accounts.map(({ regions }) => regions)).toEqual(Array(4).fill(['eu-west-1', 'us-east-1']));
    expect(unreachable).toEqual([]);
    expect(sent(sandbox, 'DescribeRegions')).toHaveLength(0);
  });

  it('that an account has not are not its own, and an account without any is skipped', async () => {
    const { accounts, skipped } = await find({ regions: { include: ['ap-*'] } });
    expect(accounts.map(({ id, regions }) => [id, regions])).toEqual([
      [HUB, ['ap-southeast-2']],
      [WEB, ['ap-southeast-2']],
    ]);
    expect(codes(skipped)[DATA]).toBe('no-region');
  });
});
