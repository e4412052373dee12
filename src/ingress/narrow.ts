/**
 * What is left of a rule after the cuts? `rule − (∪ cuts − ∪ spared)`, written with the fewest rules that EC2 can express.
 * A rule that nothing is taken from stays the very same rule.
 */
import type { Peer, Rule } from '../model/rule.ts';
import { type Shape, trafficOf } from './axis.ts';
import { type Box, boxOf, type EntriesOf, listOf } from './box.ts';
import { cover, type Kept } from './cover.ts';
import type { Cut } from './cuts.ts';
import { express } from './express.ts';
import { describeLosses, type Names } from './lost.ts';
import { peerName } from './peer.ts';
import type { Peers } from './peers.ts';
import { contains, type Point, type RangeSet } from './ranges.ts';
import { boxesOverlap, EVERYTHING, type Region } from './region.ts';
import { split } from './remembered.ts';
import { ruleName } from './rule.ts';
import { slicesOf } from './slices.ts';
import { groupSpace, IPV4, IPV6, type Space } from './space.ts';

export type Narrowed = {
  readonly kept: readonly Rule[];
  /** What of the remainder cannot be kept, as phrases, e.g. `what is left of icmp from 0.0.0.0/0`. */
  readonly lost: readonly string[];
};

/**
 * Replacements carry the description and the tags of the rule they replace.
 *
 * A prefix list stands for its entries: the reference is kept for what all entries keep, and the rest is written as
 * CIDRs, each within one entry. Everything (`-1`) falls apart into tcp, udp and ICMP of the address family; what else it
 * let through, and ICMP with too many holes, is lost (see `express.ts`).
 * @throws TrueupError `prefix-list-unread`
 */
export function narrow(rule: Rule, cuts: readonly Cut[], spared: readonly Region[], entriesOf: EntriesOf): Narrowed {
  const box = boxOf(rule, entriesOf);
  const taken = cuts.flatMap((cut) => (cut === 'all' ? EVERYTHING : cut)).filter((cut) => boxesOverlap(cut, box));
  if (taken.length === 0) return { kept: [rule], lost: [] };
  const given = spared.flat().filter((spare) => boxesOverlap(spare, box));
  const alone = given.length === 0 ? withinTraffic(rule, box, taken) : undefined;
  if (alone) return alone;
  const loss: Loss = { rule, box, taken, given };
  const parts = [partIn(IPV4, loss), partIn(IPV6, loss), partIn(groupSpace(rule.peer), loss)];
  if (parts.every(({ intact }) => intact)) return { kept: [rule], lost: [] };
  const kept = parts.flatMap(({ write }) => write((shape) => parts.every(({ keeps }) => keeps(shape)), entriesOf));
  // A list with addresses of both families is named once.
  return {
    kept: [...new Map(kept.map((rule) => [ruleName(rule), rule])).values()],
    lost: parts.flatMap(({ lost }) => lost),
  };
}

/**
 * The short way, for most rules that are cut have one port: where every cut takes all of the traffic, it stays as it is
 * and only fewer addresses have it. `undefined` for all other rules, and for those whose peers are not addresses.
 */
function withinTraffic(rule: Rule, { traffic, peers }: Box, taken: Region): Narrowed | undefined {
  if (rule.peer.kind !== 'ipv4' && rule.peer.kind !== 'ipv6') return undefined;
  if (!taken.every((cut) => contains(cut.traffic, traffic))) return undefined;
  const left = rule.peer.kind === 'ipv4' ? outside(IPV4, peers, taken) : outside(IPV6, peers, taken);
  return { kept: left.map((peer) => ({ ...rule, peer })), lost: [] };
}

/** The networks that hold who is in none of the cuts. */
function outside<P extends Point>({ pick, networks }: Space<P>, peers: Peers, taken: Region): readonly Peer[] {
  const where = taken.reduce((rest, cut) => split(rest, pick(cut.peers)).outside, pick(peers));
  return networks(where).map(({ peer }) => peer);
}

type Loss = { readonly rule: Rule; readonly box: Box; readonly taken: Region; readonly given: Region };

/** What is left of a rule in one space. */
type Part = {
  readonly intact: boolean;
  readonly lost: readonly string[];
  /** Whether everybody here keeps the shape. */
  readonly keeps: (shape: Shape) => boolean;
  readonly write: (everywhere: (shape: Shape) => boolean, entriesOf: EntriesOf) => readonly Rule[];
};

/** A rule for IPv4 has no part among the IPv6 addresses. */
const NOTHING_THERE: Part = { intact: true, lost: [], keeps: () => true, write: () => [] };

function partIn<P extends Point>(space: Space<P>, { rule, box, taken, given }: Loss): Part {
  const where = space.pick(box.peers);
  if (where.length === 0) return NOTHING_THERE;
  const inSpace = ({ traffic, peers }: Box) => ({ traffic, where: space.pick(peers) });
  const slices = slicesOf({ traffic: box.traffic, where }, taken.map(inSpace), given.map(inSpace));
  const foreign = rule.protocol === '-1' ? space.foreign : undefined;
  const kept = slices.map((slice): Kept<P> => ({ ...express(slice.traffic, foreign), where: slice.where }));
  return {
    intact: slices.every(({ traffic }) => contains(traffic, box.traffic)),
    lost: describeLosses(kept, foreign, namesOf(rule, space, where)),
    keeps: ({ start, end }) => kept.every((slice) => contains(slice.kept, [start, end])),
    write: (everywhere, entriesOf) => {
      const isList = rule.peer.kind === 'prefix-list';
      const whole = (shape: Shape) => (isList && everywhere(shape) ? { peer: rule.peer, where } : undefined);
      const roots = rootsOf(rule, space, entriesOf) ?? [where];
      const pieces = cover(kept, { roots, networks: space.networks, whole });
      return pieces.map(({ shape, peer }) => replacement(rule, shape, peer));
    },
  };
}

function replacement({ direction, description, tags }: Rule, shape: Shape, peer: Peer): Rule {
  return {
    direction,
    ...trafficOf(shape),
    peer,
    ...(description !== undefined && { description }),
    ...(tags !== undefined && { tags }),
  };
}

/** The entries of a rule's prefix list that no other entry holds. */
function rootsOf<P extends Point>(
  rule: Rule,
  space: Space<P>,
  entriesOf: EntriesOf,
): readonly RangeSet<P>[] | undefined {
  if (rule.peer.kind !== 'prefix-list') return undefined;
  const ranges = listOf(rule.peer.id, entriesOf).entries.map(space.pick);
  const roots: RangeSet<P>[] = [];
  for (const range of ranges.filter(({ length }) => length > 0).sort(byStartThenWidest)) {
    const last = roots.at(-1);
    if (!last || !contains(last, range)) roots.push(range);
  }
  return roots;
}

function byStartThenWidest<P extends Point>(a: RangeSet<P>, b: RangeSet<P>): number {
  if (a[0] === b[0]) return (a[1] as P) > (b[1] as P) ? -1 : 1;
  return (a[0] as P) < (b[0] as P) ? -1 : 1;
}

function namesOf<P extends Point>(rule: Rule, space: Space<P>, everybody: RangeSet<P>): Names<P> {
  return {
    everybody,
    whole: `${rule.direction === 'ingress' ? 'from' : 'to'} ${peerName(rule.peer)}`,
    networks: (where) => space.networks(where).map(({ peer }) => peerName(peer)),
  };
}
