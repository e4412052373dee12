/** Who changed it, as CloudTrail tells: whose doing counts, and what is asked for. */
import type { Event } from '@aws-sdk/client-cloudtrail';
import { describe, expect, it } from 'vitest';
import { changersIn, whoChanged } from '../../src/fleet/trail.ts';
import { resources } from '../../src/resources/index.ts';
import type { TrailEvent } from '../../src/sandbox/world/trail.ts';
import { enter, start, WEB } from '../aws/organisation.ts';

const GROUP = 'sg-0123456789abcdef0';
const session = (name: string): string => `arn:aws:sts::${WEB}:assumed-role/${name}`;

type Told = {
  readonly arn?: string;
  readonly minute?: number;
  readonly more?: object;
  readonly event?: Partial<Event>;
};

function event({ arn = session('admin/dana'), minute = 0, more = {}, event: changed = {} }: Told = {}): Event {
  return {
    EventName: 'AuthorizeSecurityGroupIngress',
    ReadOnly: 'false',
    EventTime: new Date(Date.UTC(2026, 10, 21, 8, minute)),
    CloudTrailEvent: JSON.stringify({
      userIdentity: { type: 'AssumedRole', arn },
      requestParameters: { groupId: GROUP },
      ...more,
    }),
    ...changed,
  };
}

const known = { id: GROUP, roles: ['team/trueup-write', 'arn:{partition}:iam::{account}:role/trueup-heal', undefined] };

describe('of the events of a group', () => {
  it('everybody is named once, with the last call, the latest first', () => {
    const dana = [event({ minute: 1 }), event({ minute: 9, event: { EventName: 'RevokeSecurityGroupIngress' } })];
    const root = event({ arn: `arn:aws:iam::${WEB}:root`, minute: 10 });
    expect(changersIn([...dana, root], known)).toEqual([
      { who: 'root', event: 'AuthorizeSecurityGroupIngress', at: '2026-11-21T08:10:00.000Z', times: 1 },
      { who: 'assumed-role/admin/dana', event: 'RevokeSecurityGroupIngress', at: '2026-11-21T08:09:00.000Z', times: 2 },
    ]);
  });

  it.each<readonly [string, Told]>([
    ['what only read', { event: { ReadOnly: 'true' } }],
    ['what was refused', { more: { errorCode: 'Client.UnauthorizedOperation' } }],
    ['what was about another one', { more: { requestParameters: { groupId: 'sg-0fff' } } }],
    ['our own apply', { arn: session('trueup-write/trueup-apply-run7') }],
    ['our own healing', { arn: session('trueup-heal/trueup-apply-abc-run7') }],
    ['what nobody can date', { event: { EventTime: undefined } }],
  ])('%s names nobody', (_, told) => {
    expect(changersIn([event(told)], known)).toEqual([]);
  });

  it.each<readonly [string, Told, string]>([
    ['a person in our role', { arn: session('trueup-write/dana') }, 'assumed-role/trueup-write/dana'],
    ['our name in another role', { arn: session('admin/trueup-apply-run7') }, 'assumed-role/admin/trueup-apply-run7'],
    ['a service', { more: { userIdentity: { invokedBy: 'x.amazonaws.com' } } }, 'x.amazonaws.com'],
    ['what is no text', { more: { userIdentity: { arn: 7, type: ['x'] } } }, 'somebody whom CloudTrail does not name'],
    ['nobody', { more: { userIdentity: null } }, 'somebody whom CloudTrail does not name'],
    ['what is no JSON', { event: { CloudTrailEvent: `{${GROUP}` } }, 'somebody whom CloudTrail does not name'],
  ])('%s is told as it is', (_, told, who) => {
    expect(changersIn([event(told)], known)).toMatchObject([{ who }]);
  });
});

describe('CloudTrail is asked', () => {
  const since = new Date(0);
  const resource = (name: string) => {
    const found = resources.find((one) => one.name === name);
    if (!found) throw new Error(`no resource ${name}`);
    return found;
  };
  const of = (name: string, region: string, parameters: object = {}): TrailEvent => ({
    id: `${name}-${region}`,
    at: Date.now(),
    account: WEB,
    region,
    source: 'iam.amazonaws.com',
    name,
    by: session('admin/dana'),
    parameters,
  });

  it('by the names of the requests that change it, where what is global is recorded; for a page or two', async () => {
    const sandbox = await start();
    const connection = await enter(sandbox);
    try {
      const asking = { connection, fleet: { role: { read: 'trueup-read' } }, since };
      const where = { fleet: 'default', account: WEB, region: 'global', id: '' };
      for (let n = 0; n < 120; n += 1)
        sandbox.world.trail.push({ ...of('UpdateAccountPasswordPolicy', 'us-east-1'), id: String(n) });
      sandbox.world.trail.push(of('UpdateAccountPasswordPolicy', 'eu-west-1'), of('CreateUser', 'us-east-1'));
      const address = { ...where, resource: 'password-policy' };
      const told = await whoChanged(address, { ...asking, resource: resource('password-policy') });
      expect(told).toMatchObject({ changers: [{ who: 'assumed-role/admin/dana', times: 100 }] });
      const asked = sandbox.requests.filter(({ action }) => action === 'LookupEvents');
      expect(asked.map(({ input, region }) => [region, JSON.stringify(input.LookupAttributes)])).toEqual(
        ['Update', 'Update', 'Delete'].map((verb) => [
          'us-east-1',
          JSON.stringify([{ AttributeKey: 'EventName', AttributeValue: `${verb}AccountPasswordPolicy` }]),
        ]),
      );
    } finally {
      await connection.close();
      await sandbox.close();
    }
  });

  it('by the id of a group, and by the name of the request that hides it; each event counts once', async () => {
    const sandbox = await start();
    const connection = await enter(sandbox);
    try {
      const group = { GroupId: GROUP };
      sandbox.world.trail.push(
        of('AuthorizeSecurityGroupIngress', 'eu-west-1', group),
        of('ModifySecurityGroupRules', 'eu-west-1', group),
        { ...of('ModifySecurityGroupRules', 'eu-west-1', { GroupId: 'sg-0fff' }), id: 'other' },
      );
      const address = { fleet: 'default', account: WEB, region: 'eu-west-1', resource: 'security-group', id: GROUP };
      const asking = { connection, fleet: { role: { read: 'trueup-read' } }, since };
      const told = await whoChanged(address, { ...asking, resource: resource('security-group') });
      expect(told).toMatchObject({ changers: [{ who: 'assumed-role/admin/dana', times: 2 }] });
    } finally {
      await connection.close();
      await sandbox.close();
    }
  });

  it('and what it refuses is said, with what is missing', async () => {
    const sandbox = await start();
    const connection = await enter(sandbox);
    try {
      sandbox.fault({ match: { action: 'LookupEvents' }, do: 'deny' });
      const address = { fleet: 'default', account: WEB, region: 'eu-west-1', resource: 'security-group', id: GROUP };
      const asking = { connection, fleet: { role: { read: 'trueup-read' } }, since };
      const told = await whoChanged(address, { ...asking, resource: resource('security-group') });
      expect(told).toMatchObject({
        unread: { code: 'access-denied', advice: expect.stringContaining('cloudtrail:LookupEvents') },
      });
      const unknown = await whoChanged(address, {
        ...asking,
        fleet: { role: { read: 'nobody' } },
        resource: resource('security-group'),
      });
      expect(unknown).toMatchObject({ unread: { code: 'role-not-assumable' } });
    } finally {
      await connection.close();
      await sandbox.close();
    }
  });
});
