/** Who is at the other end of a rule, in one spelling, and how is it said in words? */
import { ID_DIGITS, idPattern } from '../model/resource-id.ts';
import type { Peer } from '../model/rule.ts';
import { formatCidr, networkOf, parseCidr } from './cidr.ts';
import type { Problem } from './traffic.ts';

const GROUP = /^sg-[\w-]+$/i;
const PREFIX_LIST = /^pl-[\w-]+$/i;
const ID = idPattern('sg|pl');
const PEERING = /^pcx-[\w-]+$/i;
const ACCOUNT = /^[\w-]+$/;

export function canonicalPeer(peer: Peer): Peer | Problem {
  switch (peer.kind) {
    case 'ipv4':
    case 'ipv6':
      return addressPeer(peer.kind, peer.cidr);
    case 'prefix-list':
      if (!PREFIX_LIST.test(peer.id)) return notAnId('a prefix list', peer.id);
      return { kind: 'prefix-list', id: peer.id.toLowerCase() };
    case 'group':
      return groupPeer(peer);
  }
}

/** @returns e.g. `10.0.0.0/8`, `pl-0abc`, `sg-0abc`, `111122223333/sg-0abc via pcx-0abc` */
export function peerName(peer: Peer): string {
  if (peer.kind === 'ipv4' || peer.kind === 'ipv6') return peer.cidr;
  if (peer.kind === 'prefix-list') return peer.id;
  const owned = peer.account === undefined ? peer.id : `${peer.account}/${peer.id}`;
  return peer.peering === undefined ? owned : `${owned} via ${peer.peering}`;
}

/** The inverse of `peerName`, from lower-case words. */
export function parsePeer([name = '', via, peering, ...rest]: readonly string[]): Peer | Problem | undefined {
  const lone = via === undefined;
  if (rest.length > 0 || (!lone && (via !== 'via' || peering === undefined))) return undefined;
  const [, account, id] = /^(?:([\w-]+)\/)?(sg-[\w-]+)$/.exec(name) ?? [];
  if (id !== undefined)
    return canonicalPeer({ kind: 'group', id, ...(account && { account }), ...(peering && { peering }) });
  if (!lone) return undefined;
  if (PREFIX_LIST.test(name)) return canonicalPeer({ kind: 'prefix-list', id: name });
  return canonicalPeer({ kind: name.includes(':') ? 'ipv6' : 'ipv4', cidr: name });
}

/**
 * What a person wrote must be what was meant: refuses ids that AWS does not give, and addresses with host bits, which
 * EC2 would take for the whole network.
 * @param text the peer as it is written, of which `peer` was read
 */
export function doubtAbout(peer: Peer, text: string): Problem | undefined {
  if (peer.kind === 'ipv4' || peer.kind === 'ipv6') {
    const cidr = parseCidr(text);
    return 'problem' in cidr ? { problem: cidr.problem, advice: cidr.advice } : undefined;
  }
  if (!ID.test(peer.id)) {
    const [what, example] =
      peer.kind === 'group' ? ['a security group', 'sg-0123456789abcdef0'] : ['a prefix list', 'pl-0123456789abcdef0'];
    return { ...notAnId(what, peer.id), advice: `an id has ${ID_DIGITS}: write e.g. ${example}` };
  }
  if (peer.kind === 'group' && peer.account !== undefined && /^\d+$/.test(peer.account) && peer.account.length !== 12)
    return { ...notAnId('an account', peer.account), advice: 'an account id has 12 digits' };
  return undefined;
}

function addressPeer(kind: 'ipv4' | 'ipv6', text: string): Peer | Problem {
  const cidr = networkOf(text);
  if ('problem' in cidr) return { problem: cidr.problem, advice: cidr.advice };
  if (cidr.family !== kind) return { problem: `${text} is not an ${kind === 'ipv4' ? 'IPv4' : 'IPv6'} CIDR` };
  return { kind, cidr: formatCidr(cidr) };
}

function groupPeer({ id, account, peering }: Peer & { kind: 'group' }): Peer | Problem {
  if (!GROUP.test(id)) return notAnId('a security group', id);
  if (account !== undefined && !ACCOUNT.test(account)) return notAnId('an account', account);
  if (peering !== undefined && !PEERING.test(peering)) return notAnId('a peering connection', peering);
  return {
    kind: 'group',
    id: id.toLowerCase(),
    ...(account !== undefined && { account: account.toLowerCase() }),
    ...(peering !== undefined && { peering: peering.toLowerCase() }),
  };
}

function notAnId(what: string, text: string): Problem {
  return { problem: `${JSON.stringify(text.slice(0, 60))} is not the id of ${what}` };
}
