/** The short form of a rule in a seed: `tcp 22 from 0.0.0.0/0`, `all to ::/0`, `udp 1000-2000 from group web`. */
import { canonicalIpv4, canonicalIpv6 } from '../world/cidr.ts';
import { derivedId } from '../world/ids.ts';
import type { RuleBody, Source } from '../world/world.ts';

/** Where names of groups and prefix lists are looked up. */
export type Scope = {
  readonly account: string;
  readonly region: string;
  readonly groupId: string;
  /** Names of groups in the same VPC → id. */
  readonly groups: ReadonlyMap<string, string>;
  readonly prefixLists: ReadonlyMap<string, string>;
};

const SHAPE = /^(tcp|udp|icmp|icmpv6|all|\d{1,3})(?: (-?\d+)(?:[-/](-?\d+))?)? (from|to) (.+)$/;

/** Rules about addresses mean the same everywhere, so thousands of accounts share them. */
const parsed = new Map<string, RuleBody>();

/** @throws Error that quotes the text. */
export function parseRuleText(text: string, egress: boolean, scope: Scope): RuleBody {
  const known = parsed.get(`${egress} ${text}`);
  if (known) return known;
  const body = parseBody(text, egress, scope);
  if ('cidr' in body.source) parsed.set(`${egress} ${text}`, body);
  return body;
}

function parseBody(text: string, egress: boolean, scope: Scope): RuleBody {
  const [, name = '', from, to, direction, peer = ''] = SHAPE.exec(text) ?? [];
  if (direction === undefined) throw new Error(`"${text}" is not a rule: write e.g. "tcp 22 from 10.0.0.0/8"`);
  if ((direction === 'to') !== egress)
    throw new Error(`"${text}" stands on the wrong side: "from" is ingress, "to" is egress`);
  return { egress, ...portsOf(name, from, to), source: sourceOf(peer, scope, text) };
}

function portsOf(name: string, from: string | undefined, to: string | undefined) {
  const protocol = name === 'all' ? '-1' : name;
  if (protocol.startsWith('icmp')) return { protocol, from: Number(from ?? -1), to: Number(to ?? -1) };
  if (protocol !== 'tcp' && protocol !== 'udp') return { protocol };
  return { protocol, from: Number(from ?? 0), to: Number(to ?? from ?? 65_535) };
}

function sourceOf(peer: string, scope: Scope, text: string): Source {
  const ipv4 = canonicalIpv4(peer);
  if (ipv4 !== undefined) return { kind: 'ipv4', cidr: ipv4 };
  const ipv6 = canonicalIpv6(peer);
  if (ipv6 !== undefined) return { kind: 'ipv6', cidr: ipv6 };
  const [kind = '', name = '', of, account] = peer.split(' ');
  if (peer === 'self') return { kind: 'group', id: scope.groupId, account: scope.account };
  if (/^pl-[0-9a-f]+$/.test(peer)) return { kind: 'prefix-list', id: peer };
  if (/^sg-[0-9a-f]+$/.test(kind)) return { kind: 'group', id: kind, ...foreign(name, of, scope) };
  const list = scope.prefixLists.get(name);
  if (kind === 'list' && list !== undefined) return { kind: 'prefix-list', id: list };
  if (kind === 'group' && of === 'of' && account !== undefined) return groupElsewhere(name, account, scope);
  const group = scope.groups.get(name);
  if (kind === 'group' && group !== undefined) return { kind: 'group', id: group, account: scope.account };
  throw new Error(`"${text}": nothing is called "${peer}"`);
}

/** `sg-… of 111122223333`: over a peering, whose id is derived. */
function foreign(of: string, account: string | undefined, scope: Scope) {
  if (of !== 'of' || account === undefined) return { account: scope.account };
  return { account, peering: derivedId('pcx', scope.account, account, scope.region) };
}

/** `group vpc/name of 111122223333`. */
function groupElsewhere(name: string, account: string, scope: Scope): Source {
  const [vpc = '', group = ''] = name.split('/');
  return { kind: 'group', id: groupIdOf(account, scope.region, vpc, group), ...foreign('of', account, scope) };
}

/** Ids of seeded groups follow from their names. */
export function groupIdOf(account: string, region: string, vpc: string, group: string): string {
  return derivedId('sg', account, region, vpc, group);
}
