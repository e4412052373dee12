/** Which packets does a rule let through? A box: a set of traffic × a set of peers. */
import { TrueupError } from '../model/problem.ts';
import type { PrefixListEntry, Rule } from '../model/rule.ts';
import { placesOf } from './axis.ts';
import { type Cidr, networkOf } from './cidr.ts';
import { addresses, type Peers } from './peers.ts';
import { NONE, type RangeSet, rangeOf, unionOf } from './ranges.ts';

export type Box = { readonly traffic: RangeSet<number>; readonly peers: Peers };

/** The entries of a prefix list, or undefined when they were not read. */
export type EntriesOf = (prefixListId: string) => readonly PrefixListEntry[] | undefined;

/**
 * The box of a rule; a prefix list stands for its entries.
 * Remembered for as long as the rule lives: each rule is judged by many entries, and rules never change.
 * @throws TrueupError `prefix-list-unread`: what is in a list is never assumed
 */
export function boxOf(rule: Rule, entriesOf: EntriesOf): Box {
  if (rule.peer.kind === 'prefix-list') {
    return { traffic: placesOf(rule), peers: peersOfEntries(entriesIn(rule.peer.id, entriesOf)) };
  }
  const known = boxes.get(rule);
  if (known) return known;
  const box = { traffic: placesOf(rule), peers: peersOf(rule.peer) };
  boxes.set(rule, box);
  return box;
}

/** @throws TrueupError `prefix-list-unread` */
export function entriesIn(id: string, entriesOf: EntriesOf): readonly PrefixListEntry[] {
  const entries = entriesOf(id);
  if (entries) return entries;
  throw new TrueupError({
    code: 'prefix-list-unread',
    message: `the entries of prefix list ${id} were not read, so nothing can be said about rules that name it`,
    advice: 'allow ec2:GetManagedPrefixListEntries on the list, or have its owner share it',
  });
}

/** The addresses of all entries together; remembered for as long as the list of entries lives. */
export function peersOfEntries(entries: readonly PrefixListEntry[]): Peers {
  const known = lists.get(entries);
  if (known) return known;
  const peers = peersOfCidrs(entries.map(({ cidr }) => networkIn(cidr)));
  lists.set(entries, peers);
  return peers;
}

export function peersOfCidrs(cidrs: readonly Cidr[]): Peers {
  return addresses(
    unionOf(cidrs.flatMap((cidr) => (cidr.family === 'ipv4' ? [rangeOf(cidr)] : []))),
    unionOf(cidrs.flatMap((cidr) => (cidr.family === 'ipv6' ? [rangeOf(cidr)] : []))),
  );
}

/** @throws TrueupError `rule-malformed` */
export function networkIn(text: string): Cidr {
  const cidr = networkOf(text);
  if ('problem' in cidr) throw new TrueupError({ code: 'rule-malformed', message: cidr.problem, advice: cidr.advice });
  return cidr;
}

const boxes = new WeakMap<Rule, Box>();
const lists = new WeakMap<readonly PrefixListEntry[], Peers>();

function peersOf(peer: Exclude<Rule['peer'], { kind: 'prefix-list' }>): Peers {
  if (peer.kind === 'group') return { v4: NONE, v6: NONE, groups: { except: false, ids: [peer.id] } };
  return peersOfCidrs([networkIn(peer.cidr)]);
}
