/** The rules that planning is measured on: some from anywhere, most from private ranges, some by group or prefix list. */
import type { Peer, Rule } from '../src/model/rule.ts';

export const GROUPS = 1000;
export const RULES = 60;
export const ENTRIES = 50;

/** A small generator with a fixed seed: the same fleet on every run. https://en.wikipedia.org/wiki/Xorshift */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** An id as AWS makes them. */
export function peerText(kind: 'sg' | 'pl', index: number): string {
  return `${kind}-${String(index).padStart(17, '0')}`;
}

/** @param open of 100 rules, how many come from anywhere */
export function ruleBy(next: (below: number) => number, open: number): Rule {
  const peer = peerBy(next, open);
  const from = next(10) === 0 ? 0 : next(60_000);
  const to = next(5) === 0 ? 65_535 : from;
  return { direction: 'ingress', protocol: next(20) === 0 ? '-1' : 'tcp', from, to, peer };
}

function peerBy(next: (below: number) => number, open: number): Peer {
  const v6 = next(100) < 20;
  if (next(100) < open) return v6 ? { kind: 'ipv6', cidr: '::/0' } : { kind: 'ipv4', cidr: '0.0.0.0/0' };
  const kind = next(10);
  if (kind === 0) return { kind: 'group', id: peerText('sg', next(1000)) };
  if (kind === 1) return { kind: 'prefix-list', id: peerText('pl', next(10)) };
  if (v6) return { kind: 'ipv6', cidr: `fd00:${next(256).toString(16)}::/32` };
  return { kind: 'ipv4', cidr: `10.${next(256)}.${next(256)}.0/24` };
}
