/** What cannot be kept of a rule, in words: which traffic, and for whom. */
import { BLOCK, ICMP, ICMPV6, TCP, UDP } from './axis.ts';
import { overlaps, type Point, type RangeSet, subtract, unionOf } from './ranges.ts';

export type Loss<P extends Point> = { readonly lost: RangeSet<number>; readonly where: RangeSet<P> };

/** How the peers of a rule are named. */
export type Names<P extends Point> = {
  readonly everybody: RangeSet<P>;
  /** e.g. `from 0.0.0.0/0` */
  readonly whole: string;
  readonly networks: (where: RangeSet<P>) => readonly string[];
};

/** More networks than this are not listed. */
const MOST_NAMES = 3;

const blockOf = (number: number): RangeSet<number> => [number * BLOCK, (number + 1) * BLOCK];
const NAMED = unionOf([TCP, UDP, ICMP, ICMPV6].map(blockOf));

/** One phrase for each kind of traffic that is lost, e.g. `what is left of icmp from 0.0.0.0/0 except 10.0.0.0/8`. */
export function describeLosses<P extends Point>(
  losses: readonly Loss<P>[],
  foreign: number | undefined,
  names: Names<P>,
): readonly string[] {
  if (losses.every(({ lost }) => lost.length === 0)) return [];
  const others = losses.filter(({ lost }) => subtract(lost, NAMED).length > 0);
  const phrases = [
    phrase(`protocols other than ${spoken(foreign)}`, others, names),
    ...(
      [
        [ICMP, 'icmp'],
        [ICMPV6, 'icmpv6'],
      ] as const
    ).map(([number, name]) => {
      // A protocol that these peers do not speak is one of the "other" ones, where those are lost too.
      const told = number === foreign ? others : [];
      const left = losses.filter((loss) => overlaps(loss.lost, blockOf(number)) && !told.includes(loss));
      return phrase(`what is left of ${name}`, left, names);
    }),
  ];
  return phrases.flat();
}

function spoken(foreign: number | undefined): string {
  if (foreign === undefined) return 'tcp, udp, icmp and icmpv6';
  return foreign === ICMPV6 ? 'tcp, udp and icmp' : 'tcp, udp and icmpv6';
}

function phrase<P extends Point>(traffic: string, losses: readonly Loss<P>[], names: Names<P>): readonly string[] {
  return losses.length === 0 ? [] : [`${traffic} ${placeName(unionOf(losses.map(({ where }) => where)), names)}`];
}

function placeName<P extends Point>(where: RangeSet<P>, { everybody, whole, networks }: Names<P>): string {
  const spared = subtract(everybody, where);
  if (spared.length === 0) return whole;
  const exceptions = networks(spared);
  if (exceptions.length <= MOST_NAMES) return `${whole} except ${exceptions.join(', ')}`;
  const places = networks(where);
  return places.length <= MOST_NAMES ? `${whole} within ${places.join(', ')}` : `${whole} in part`;
}
