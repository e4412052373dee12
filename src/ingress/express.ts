/**
 * Which traffic can rules let through, and what would take too many of them?
 * One rule holds everything, or one protocol with one range of ports, or with one ICMP type, or one code of a type.
 */
import { groupBy } from '../model/group-by.ts';
import {
  ALL_TRAFFIC,
  BLOCK,
  EVERYTHING,
  ICMP,
  ICMPV6,
  protocolAt,
  type Shape,
  shapesWithin,
  TCP,
  UDP,
} from './axis.ts';
import { contains, NONE, type RangeSet, subtract, unionOf } from './ranges.ts';

/** `shapes` are the fewest that make up `kept`, which together with `lost` is the traffic that was asked for. */
export type Expressed = {
  readonly shapes: readonly Shape[];
  readonly kept: RangeSet<number>;
  readonly lost: RangeSet<number>;
};

/**
 * The most rules that are spent, for one set of peers, on the pieces of one ICMP protocol or on the protocols that EC2
 * knows only by number. Cutting one piece out of all would leave 255 and 251: more than a group may hold, see
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
 */
export const MOST_PIECES = 8;

/**
 * @param foreign a protocol that these peers do not speak: when everything is split up, no rule is spent on it.
 * Whether EC2 takes icmpv6 for IPv4 or icmp for IPv6 is not documented.
 */
export function express(traffic: RangeSet<number>, foreign: number | undefined): Expressed {
  if (contains(traffic, ALL_TRAFFIC)) return { shapes: [EVERYTHING], kept: traffic, lost: NONE };
  const byKind = groupBy(shapesOf(traffic), ({ start }) => kindOf(protocolAt(start)));
  const shapes = [...byKind].flatMap(([kind, pieces]) => {
    const unbounded = kind === TCP || kind === UDP;
    return unbounded || (kind !== foreign && pieces.length <= MOST_PIECES) ? pieces : [];
  });
  const kept = unionOf(shapes.map(({ start, end }) => [start, end]));
  return { shapes, kept, lost: subtract(traffic, kept) };
}

const NUMBERED = 'known only by number';

function kindOf(protocol: number): number | typeof NUMBERED {
  return [TCP, UDP, ICMP, ICMPV6].includes(protocol) ? protocol : NUMBERED;
}

function shapesOf(traffic: RangeSet<number>): readonly Shape[] {
  const shapes: Shape[] = [];
  for (let i = 0; i < traffic.length; i += 2) {
    const last = traffic[i + 1] as number;
    for (let start = traffic[i] as number; start < last; ) {
      const end = Math.min(last, (protocolAt(start) + 1) * BLOCK);
      shapes.push(...shapesWithin(start, end));
      start = end;
    }
  }
  return shapes;
}
