/**
 * What is risky about the rules of a group, whatever the state says? Everything open to the world, any port open to the
 * world, many ports open to a wide range; and rules that say nothing which others do not say already.
 */
import type { Rule, Rules } from '../model/rule.ts';
import { BLOCK, placesOf } from './axis.ts';
import { boxOf, type EntriesOf } from './box.ts';
import { type Cidr, formatCidr } from './cidr.ts';
import type { PortRange, Widths } from './entry.ts';
import type { Peers } from './peers.ts';
import { contains, coverV4, coverV6, unionOf } from './ranges.ts';
import { shadowsIn } from './shadows.ts';
import { trafficName } from './traffic.ts';

/** The gravest first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type Finding = {
  readonly code: 'everything-open' | 'port-open' | 'wide-range' | 'shadowed' | 'unjudged';
  /** The name of the rule. */
  readonly rule: string;
  readonly message: string;
  readonly severity: Severity;
};

/** Prefix lengths: a range of this length or shorter counts. */
export type Thresholds = {
  readonly world: Widths;
  readonly wide: Widths;
  readonly manyPorts: number;
  /** Ports of tcp and udp that are meant for the world: worth a line, no more. */
  readonly publicPorts: readonly PortRange[];
};

/**
 * The world is anything wider than the widest private networks (10.0.0.0/8, fc00::/7), so that 0.0.0.0/1 beside
 * 128.0.0.0/1 counts as well.
 */
export const THRESHOLDS: Thresholds = {
  world: { v4: 7, v6: 6 },
  wide: { v4: 24, v6: 48 },
  manyPorts: 100,
  publicPorts: [
    { from: 80, to: 80 },
    { from: 443, to: 443 },
  ],
};

/** Findings in the order of the rules' names. Rules through a prefix list that was not read are told as `unjudged`. */
export function findingsOf(rules: Rules, entriesOf: EntriesOf, thresholds = THRESHOLDS): readonly Finding[] {
  const named = Object.entries(rules).sort(([a], [b]) => (a < b ? -1 : 1));
  const judged = named.filter(([, { peer }]) => peer.kind !== 'prefix-list' || entriesOf(peer.id) !== undefined);
  const boxes = new Map(
    judged.map(([name, rule]) => [name, { name, direction: rule.direction, box: boxOf(rule, entriesOf) }]),
  );
  const shadows = shadowsIn([...boxes.values()]);
  return named.flatMap(([name, rule]): readonly Finding[] => {
    const box = boxes.get(name)?.box;
    if (!box) return [unjudged(name)];
    const shadow = shadows.get(name);
    return [
      ...(rule.direction === 'ingress' ? exposure(name, rule, box.peers, thresholds) : []),
      ...(shadow ? [shadowed(name, shadow)] : []),
    ];
  });
}

/** Of what is found under several thresholds, each rule has its gravest exposure once, and whatever else is to be said. */
export function findingsUnder(rules: Rules, entriesOf: EntriesOf, limits: readonly Thresholds[]): readonly Finding[] {
  const gravest = new Map<string, Finding>();
  for (const finding of limits.flatMap((one) => findingsOf(rules, entriesOf, one))) {
    const key = `${finding.rule}\n${EXPOSURES.has(finding.code) ? 'exposure' : finding.code}`;
    const known = gravest.get(key);
    if (!known || SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(known.severity)) gravest.set(key, finding);
  }
  return [...gravest.values()].sort((a, b) => (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0));
}

const EXPOSURES: ReadonlySet<Finding['code']> = new Set(['everything-open', 'port-open', 'wide-range']);

/** The gravest exposure of a rule, if any: the others follow from it. */
function exposure(name: string, rule: Rule, peers: Peers, limits: Thresholds): readonly Finding[] {
  const world = widest(peers, limits.world);
  const traffic = trafficName(rule);
  if (world && rule.protocol === '-1') {
    return [{ code: 'everything-open', rule: name, message: `everything is open to ${world}`, severity: 'critical' }];
  }
  const ports = portsOf(rule);
  if (ports === 0) return [];
  if (world)
    return [
      {
        code: 'port-open',
        rule: name,
        message: `${traffic} is open to ${world}`,
        severity: gravity(rule, ports, limits),
      },
    ];
  const range = ports >= limits.manyPorts ? widest(peers, limits.wide) : undefined;
  if (!range) return [];
  const many = ports === BLOCK ? 'all ports' : `${ports} ports`;
  return [{ code: 'wide-range', rule: name, message: `${traffic} (${many}) is open to ${range}`, severity: 'medium' }];
}

function gravity(rule: Rule, ports: number, { publicPorts, manyPorts }: Thresholds): Severity {
  const { protocol } = rule;
  const meant = unionOf(publicPorts.map((range) => placesOf({ protocol, ...range })));
  if ((protocol === 'tcp' || protocol === 'udp') && contains(meant, placesOf(rule))) return 'low';
  return ports >= manyPorts ? 'critical' : 'high';
}

/** Every protocol but ICMP has ports, and those that EC2 cannot tell apart are all open. */
function portsOf({ protocol, from, to }: Rule): number {
  if (protocol === 'icmp' || protocol === 'icmpv6') return 0;
  return from === undefined || to === undefined ? BLOCK : to - from + 1;
}

/** The widest network among the peers that is not longer than the limit; several adjacent entries of a list make one. */
function widest(peers: Peers, limit: Widths): string | undefined {
  const wide = (cover: readonly Cidr[], most: number) =>
    cover.filter(({ length }) => length <= most).sort((a, b) => a.length - b.length)[0];
  const cidr = wide(coverV4(peers.v4), limit.v4) ?? wide(coverV6(peers.v6), limit.v6);
  return cidr && formatCidr(cidr);
}

function shadowed(name: string, shadow: readonly string[]): Finding {
  const by = shadow.length === 1 ? shadow[0] : `${shadow.length} other rules together`;
  return { code: 'shadowed', rule: name, message: `lets through nothing that ${by} would not`, severity: 'low' };
}

function unjudged(name: string): Finding {
  const message = 'the entries of its prefix list were not read, so nothing can be said about it';
  return { code: 'unjudged', rule: name, message, severity: 'medium' };
}
