/** Does a rule reach everyone, or nearly so? */
import { parseCidr } from '../ingress/cidr.ts';
import type { Rule } from '../model/rule.ts';

/** A shorter prefix than this is as good as everyone: two halves of the internet are still the internet. */
const NEARLY_EVERYONE = 8;

export function reachesEveryone({ peer }: Rule): boolean {
  if (peer.kind !== 'ipv4' && peer.kind !== 'ipv6') return false;
  const cidr = parseCidr(peer.cidr);
  return !('problem' in cidr) && cidr.length < NEARLY_EVERYONE;
}
