/** Which packets does a rule let through? A box: a set of traffic × a set of peers. */
import { TrueupError } from '../model/problem.ts';
import type { PrefixListEntry, Rule } from '../model/rule.ts';
import { placesOf } from './axis.ts';
import { type Cidr, networkOf } from './cidr.ts';
import { addresses, type Peers, unionOfPeers } from './peers.ts';
import { NONE, type RangeSet, rangeOf } from './ranges.ts';

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
    return { traffic: placesOf(rule), peers: listOf(rule.peer.id, entriesOf).all };
  }
  const known = boxes.get(rule);
  if (known) return known;
  const box = { traffic: placesOf(rule), peers: peersOf(rule.peer) };
  boxes.set(rule, box);
  return box;
}

/** A prefix list as sets: all of its addresses, and those of each entry. */
export type List = { readonly all: Peers; readonly entries: readonly Peers[] };

/**
 * Remembered for as long as the list of entries lives.
 * @throws TrueupError `prefix-list-unread`
 */
export function listOf(id: string, entriesOf: EntriesOf): List {
  const entries = entriesIn(id, entriesOf);
  const known = lists.get(entries);
  if (known) return known;
  const each = entries.map(({ cidr }) => peersOfCidr(networkIn(cidr)));
  const list = { all: unionOfPeers(each), entries: each };
  lists.set(entries, list);
  return list;
}

function peersOfCidr(cidr: Cidr): Peers {
  return cidr.family === 'ipv4' ? addresses(rangeOf(cidr), NONE) : addresses(NONE, rangeOf(cidr));
}

/**
 * The addresses of CIDRs together.
 * @throws TrueupError `rule-malformed`
 */
export function peersOfCidrs(texts: readonly string[]): Peers {
  return unionOfPeers(texts.map((text) => peersOfCidr(networkIn(text))));
}

function networkIn(text: string): Cidr {
  const cidr = networkOf(text);
  if ('problem' in cidr) throw new TrueupError({ code: 'rule-malformed', message: cidr.problem, advice: cidr.advice });
  return cidr;
}

const boxes = new WeakMap<Rule, Box>();
const lists = new WeakMap<readonly PrefixListEntry[], List>();

/** Who a peer is, if that is known without looking into a prefix list. */
export function peersOf(peer: Exclude<Rule['peer'], { kind: 'prefix-list' }>): Peers {
  if (peer.kind === 'group') return { v4: NONE, v6: NONE, groups: { except: false, ids: [peer.id] } };
  return peersOfCidr(networkIn(peer.cidr));
}

/** Whether nothing can be said because the entries of a prefix list are not there. */
export function isUnreadList(error: unknown): error is TrueupError {
  return error instanceof TrueupError && error.code === 'prefix-list-unread';
}

function entriesIn(id: string, entriesOf: EntriesOf): readonly PrefixListEntry[] {
  const entries = entriesOf(id);
  if (entries) return entries;
  throw new TrueupError({
    code: 'prefix-list-unread',
    message: `the entries of prefix list ${id} were not read, so nothing can be said about rules that name it`,
    advice: 'allow ec2:GetManagedPrefixListEntries on the list, or have its owner share it',
  });
}
