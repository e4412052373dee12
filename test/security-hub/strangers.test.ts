/** An account of which the administrator says nothing: that it manages itself is not concluded from that. */
import { expect, it } from 'vitest';
import { askAssociations } from '../../src/fleet/security-hub/associations.ts';
import type { Aws } from '../../src/model/aws.ts';

const [MEMBER, STRANGER] = ['111122223333', '444455556666'];

/** Whatever an administrator may answer: which codes there are is not documented. */
const answering = (ConfigurationType: string, unprocessed: readonly object[]): Aws =>
  ({
    send: async ({ operation }: { readonly operation: string }) =>
      operation.endsWith('DescribeOrganizationConfiguration')
        ? { OrganizationConfiguration: { ConfigurationType } }
        : {
            ConfigurationPolicyAssociations: [{ TargetId: MEMBER, ConfigurationPolicyId: 'p' }],
            UnprocessedConfigurationPolicyAssociations: unprocessed,
          },
  }) as unknown as Aws;

const ask = async (...[type, ...codes]: readonly string[]) =>
  askAssociations(
    answering(
      type ?? '',
      codes.map((ErrorCode) => ({ ErrorCode })),
    ),
    [MEMBER, STRANGER],
  );

it.each([[], ['ResourceNotFoundException'], ['NOT_FOUND'], ['404']])('is not known with %s', async (...codes) => {
  const { found, unknown } = await ask('CENTRAL', ...codes);
  expect([...found.keys()]).toEqual([MEMBER]);
  expect([...unknown]).toEqual([STRANGER]);
});

it('makes nothing of an answer that failed in another way', async () => {
  await expect(ask('CENTRAL', '500')).rejects.toMatchObject({ code: 'answer-incomplete' });
});

it('says nothing where every account configures itself', async () => {
  expect((await ask('LOCAL')).unknown.size).toBe(0);
});
