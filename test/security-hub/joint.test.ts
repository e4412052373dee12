/** Cells that are carried out together: what is sent for them, and who hears which answer. */
import { describe, expect, it } from 'vitest';
import { isJoinable, joinCells } from '../../src/execute/joint.ts';
import type { Session } from '../../src/model/aws.ts';
import type { TypedCall } from '../../src/model/operation.ts';
import type { Resource } from '../../src/model/resource.ts';
import { securityHubControl } from '../../src/resources/security-hub-control.ts';

type Update = { readonly SecurityControlId: string; readonly StandardsArn: string };
type Input = { readonly StandardsControlAssociationUpdates: readonly Update[] };
const WRITE = 'securityhub:BatchUpdateStandardsControlAssociations';
const change = (...names: readonly string[]): TypedCall<object> => ({
  operation: WRITE,
  input: {
    StandardsControlAssociationUpdates: names.map((name) => ({ SecurityControlId: name, StandardsArn: 'arn' })),
  },
});

/** A session that notes what is sent, and answers as it is told to. */
function desk(answer: (names: readonly string[]) => object, itemsPerCall?: number) {
  const sent: string[] = [];
  const looks: string[] = [];
  const session = {
    partition: 'aws',
    account: '111122223333',
    region: 'eu-west-1',
    ...(itemsPerCall !== undefined && { itemsPerCall }),
    send: async ({ operation, input }: TypedCall<object>) => {
      const names = (input as Input).StandardsControlAssociationUpdates?.map((one) => one.SecurityControlId) ?? [
        operation,
      ];
      sent.push(names.join());
      return answer(names);
    },
    pages: () => [],
  } as unknown as Session;
  const resource: Resource = {
    ...securityHubControl,
    read: async (_, { ids = [] }) => {
      looks.push(ids.join());
      return Object.fromEntries(ids.map((id) => [id, { value: { id }, handles: {}, about: {} }]));
    },
  };
  return { session, resource, sent, looks };
}

describe('cells that are carried out together', () => {
  it('send nothing before every one of them has asked, and read once', async () => {
    const { session, resource, sent, looks } = desk(() => ({}));
    const joint = joinCells(3, session, resource);
    const first = joint.session.send(change('a', 'b'));
    const second = joint.resource.read(session, { ids: ['x'] });
    await Promise.resolve();
    expect([sent, looks]).toEqual([[], []]);
    const third = joint.session.send(change('c'));
    await Promise.all([first, third]);
    expect(Object.keys(await second)).toEqual(['x']);
    expect([sent, looks]).toEqual([['a,b,c'], ['x']]);
    const reads = ['a', 'b', 'c'].map((id) => joint.resource.read(session, { ids: [id] }));
    await Promise.all(reads);
    expect(looks).toEqual(['x', 'a,b,c']);
  });

  it('wait for nobody who has ended', async () => {
    const { session, resource, sent } = desk(() => ({}));
    const joint = joinCells(2, session, resource);
    const one = joint.session.send(change('a'));
    joint.leave();
    await one;
    expect(sent).toEqual(['a']);
    joint.leave();
  });

  it('hear what became of their own items and of no others', async () => {
    const { session, resource } = desk(() => ({
      UnprocessedAssociationUpdates: [
        {
          StandardsControlAssociationUpdate: { SecurityControlId: 'b', StandardsArn: 'arn' },
          ErrorCode: 'LIMIT_EXCEEDED',
        },
      ],
    }));
    const joint = joinCells(2, session, resource);
    const [a, b] = await Promise.allSettled([joint.session.send(change('a')), joint.session.send(change('b'))]);
    expect(a.status).toBe('fulfilled');
    expect(b).toMatchObject({ status: 'rejected', reason: { name: 'LIMIT_EXCEEDED' } });
  });

  it('all fail where AWS does not say whose item it left out', async () => {
    const { session, resource } = desk(() => ({ UnprocessedAssociationUpdates: [{ ErrorCode: 'INVALID_INPUT' }] }));
    const joint = joinCells(2, session, resource);
    const both = await Promise.allSettled([joint.session.send(change('a')), joint.session.send(change('b'))]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('are sent in portions, and a call is never torn apart', async () => {
    const { session, resource, sent } = desk(() => ({}), 3);
    const joint = joinCells(4, session, resource);
    await Promise.all(
      [change('a', 'b'), change('c', 'd'), change('e'), change('f')].map((call) => joint.session.send(call)),
    );
    expect(sent).toEqual(['a,b', 'c,d,e', 'f']);
  });

  it('are halved until the one that AWS refuses stands alone', async () => {
    const { session, resource, sent } = desk((names) => {
      if (names.includes('c')) throw Object.assign(new Error('bad'), { name: 'InvalidInputException' });
      return {};
    });
    const joint = joinCells(4, session, resource);
    const ends = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => joint.session.send(change(name))));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(sent).toEqual(['a,b,c,d', 'a,b', 'c,d', 'c', 'd']);
  });

  it('are not sent again for an error that may have let them through', async () => {
    const { session, resource, sent } = desk(() => {
      throw Object.assign(new Error('reset'), { name: 'TimeoutError' });
    });
    const joint = joinCells(2, session, resource);
    const ends = await Promise.allSettled(['a', 'b'].map((name) => joint.session.send(change(name))));
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(sent).toEqual(['a,b']);
  });

  it('send what cannot be joined one by one, and evidence at once', async () => {
    const { session, resource, sent } = desk(() => ({}));
    const joint = joinCells(2, session, resource);
    await joint.session.send({ operation: 'ec2:DescribeVpcs', input: {} });
    expect(sent).toEqual(['ec2:DescribeVpcs']);
    const call = { operation: 'securityhub:UpdateSecurityControl', input: {} };
    await Promise.all([joint.session.send(call), joint.session.send(call)]);
    expect(sent.slice(1)).toEqual([call.operation, call.operation]);
  });

  it('are only those of a resource that gains by it', () => {
    const { session, resource } = desk(() => ({}));
    const plain = { ...resource, writes: [] };
    expect([isJoinable(resource), isJoinable(plain)]).toEqual([true, false]);
    expect(joinCells(2, session, plain).session).toBe(session);
  });
});
