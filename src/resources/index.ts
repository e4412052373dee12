/** Every resource that can be moved, and every reader of evidence: together the only code that asks AWS what is there. */
import type { Reader, Resource } from '../model/resource.ts';
import { settings } from '../settings/index.ts';
import { prefixList } from './prefix-list.ts';
import { securityGroup } from './security-group.ts';
import { securityGroupUse } from './security-group-use.ts';
import { securityHubControl } from './security-hub-control.ts';
import { securityHubPolicy, securityHubPolicyUse } from './security-hub-policy.ts';
import { staleReferences } from './stale-references.ts';

export const resources: readonly Resource[] = [
  securityGroup,
  securityHubControl,
  securityHubPolicy,
  ...settings.map(({ resource }) => resource),
];
export const readers: readonly Reader[] = [
  ...resources,
  securityGroupUse,
  prefixList,
  securityHubPolicyUse,
  staleReferences,
];
