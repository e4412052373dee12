/** What do groups let through at this moment, judged packet by packet? */

import { parseCidr } from 'cidr-tools';
import { canonicalRule } from '../../src/ingress/rule.ts';
import type { Cell } from '../../src/model/plan.ts';
import type { Direction, Rule } from '../../src/model/rule.ts';
import type { World } from '../../src/sandbox/server.ts';
import { type Packet, ruleAllows } from '../ingress/oracle.ts';
import { ACCOUNT, REGION } from '../support/worlds.ts';

type Sent = { readonly group: string; readonly direction: Direction; readonly packet: Packet; readonly told: string };

/** Packets that the planned cells must let through all the time, and those that they must never let through. */
export type Watched = {
  readonly always: readonly Sent[];
  readonly never: readonly Sent[];
  /** What was found wrong with the same rules before. */
  readonly judged: Map<string, readonly string[]>;
};

const TCP = 6;
const UDP = 17;

export function watch(cells: readonly Cell[]): Watched {
  const ends = cells
    .filter(({ address }) => address.resource === 'security-group')
    .flatMap((cell) => {
      const [before, after] = [
        Object.values(cell.before) as unknown as Rule[],
        Object.values(cell.after) as unknown as Rule[],
      ];
      return packetsAround(cell.address.id, [...before, ...after]).map((sent) => ({
        sent,
        ends: [before, after].map((rules) => passes(sent, rules)),
      }));
    });
  return {
    always: ends.flatMap(({ sent, ends: [before, after] }) => (before && after ? [sent] : [])),
    never: ends.flatMap(({ sent, ends: [before, after] }) => (before || after ? [] : [sent])),
    judged: new Map(),
  };
}

/** What is wrong with the rules as they are now, in words; empty where nothing is. */
export function wrongNow({ always, never, judged }: Watched, world: World): readonly string[] {
  const rules = new Map([...always, ...never].map(({ group }) => [group, [] as Rule[]]));
  for (const group of rules.keys()) rules.set(group, rulesNow(world, group));
  const key = JSON.stringify([...rules]);
  const isThrough = (sent: Sent): boolean => passes(sent, rules.get(sent.group) ?? []);
  const wrong = judged.get(key) ?? [
    ...always.filter((sent) => !isThrough(sent)).map(({ told }) => `cut: ${told}`),
    ...never.filter(isThrough).map(({ told }) => `opened: ${told}`),
  ];
  judged.set(key, wrong);
  return wrong;
}

function passes({ packet, direction }: Sent, rules: readonly Rule[]): boolean {
  return rules.some((rule) => rule.direction === direction && ruleAllows(rule, packet, {}));
}

/** At the edges of every rule: ports and addresses just inside and just outside. */
function packetsAround(group: string, rules: readonly Rule[]): Sent[] {
  const ports = [...new Set(rules.flatMap(({ from = 0, to = 65_535 }) => [from - 1, from, to, to + 1]))];
  const peers = new Map(rules.flatMap(({ peer }) => edgesOf(peer)).map((one) => [String(Object.values(one)), one]));
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    [TCP, UDP].flatMap((protocol) =>
      ports.flatMap((a) =>
        [...peers].map(([name, peer]) => ({
          group,
          direction,
          packet: { protocol, a, b: 0, peer },
          told: `${group} ${direction} ${protocol} ${a} ${name}`,
        })),
      ),
    ),
  );
}

function edgesOf(peer: Rule['peer']): Packet['peer'][] {
  if (peer.kind === 'group') return [{ group: peer.id }];
  if (peer.kind === 'prefix-list') throw new Error('no prefix lists here');
  const { version, start, end } = parseCidr(peer.cidr);
  const last = 2n ** (version === 4 ? 32n : 128n) - 1n;
  const addresses = [start - 1n, start, end, end + 1n].filter((address) => address >= 0n && address <= last);
  return addresses.map((address) => ({ version, address }));
}

function rulesNow({ accounts }: World, id: string): Rule[] {
  const group = accounts.get(ACCOUNT)?.place(REGION).groups.get(id);
  return [...(group?.rules ?? [])].map(({ body: { egress, source, ...traffic } }) =>
    canonicalRule({
      ...traffic,
      direction: egress ? 'egress' : 'ingress',
      peer: source.kind === 'group' ? { kind: 'group', id: source.id } : source,
    }),
  );
}
