/** The Fleet document: how to reach the accounts, with the region that calls without a region of their own go to. */
import type { z } from 'zod';
import type { Json } from '../model/json.ts';
import type { Fleet } from '../model/state.ts';
import type { Read } from './document.ts';
import { check, type Part } from './explain-issue.ts';
import { fleet } from './schemas.ts';
import { positionAt } from './source.ts';

type Written = z.output<typeof fleet>;

export function readFleet(part: Part, data: Json): Read {
  const { value, problems } = check(fleet, data, part);
  const { source, tree } = part;
  const placed = value && complete(value, positionAt(source, tree.offset));
  return { document: { kind: 'Fleet', source, tree, value: placed }, problems };
}

function complete({ kind, ...written }: Written, at: Fleet['at']): Fleet {
  return { ...written, at, homeRegion: written.homeRegion ?? homeRegion(written) };
}

/** The first region that is named in full; else the oldest of the partition that the roles are in. */
function homeRegion({ regions, role }: Omit<Written, 'kind'>): string {
  const named =
    regions === 'enabled' ? [] : 'include' in regions ? (regions.include ?? []) : Array.isArray(regions) ? regions : [];
  const partition = /^arn:(aws[a-z-]*):/.exec(role.read ?? role.write ?? '')?.[1] ?? 'aws';
  return named.find((region) => !/[*?]/.test(region)) ?? OLDEST.get(partition) ?? 'us-east-1';
}

/** https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
const OLDEST: ReadonlyMap<string, string> = new Map([
  ['aws', 'us-east-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
]);
