/**
 * When are two rules the same rule, and what is a rule called?
 * The identity is direction, protocol, ports and peer, as in EC2: description and tags do not make a rule distinct.
 */
import { TrueupError } from '../model/problem.ts';
import type { Direction, Peer, Rule } from '../model/rule.ts';
import { canonicalPeer, doubtAbout, parsePeer, peerName } from './peer.ts';
import { canonicalTraffic, type Problem, parseTraffic, trafficName } from './traffic.ts';

/** A rule as EC2 or a person writes it: protocol by name or number, ports that may mean nothing, any spelling of a CIDR. */
export type RawRule = {
  readonly direction: Direction;
  readonly protocol: string;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly peer: Peer;
  readonly description?: string | undefined;
  readonly tags?: Rule['tags'] | undefined;
};

/** No name is longer, so that what a person pasted costs no time. */
export const LONGEST = 200;

/** @throws TrueupError `rule-malformed`: such a rule cannot be judged, hence not be read */
export function canonicalRule(raw: RawRule): Rule {
  const rule = toRule(raw);
  if ('problem' in rule) throw new TrueupError({ code: 'rule-malformed', message: rule.problem });
  return rule;
}

/** The identity of a rule in words, e.g. `tcp 22 from 203.0.113.7/32`. Two rules have one name exactly when EC2 calls them duplicates. */
export function ruleName(rule: Rule): string {
  return `${trafficName(rule)} ${rule.direction === 'ingress' ? 'from' : 'to'} ${peerName(rule.peer)}`;
}

/** Reads a name back, whatever its case and spacing; the rule has no description and no tags. */
export function parseRuleName(text: string): Rule | Problem {
  const words = wordsOf(text);
  const at = words.findIndex((word) => word === 'from' || word === 'to');
  const traffic = parseTraffic(words.slice(0, Math.max(at, 0)));
  const peer = parsePeer(words.slice(at + 1));
  if (at < 1 || !traffic || !peer)
    return { problem: `${quote(text)} does not name a rule`, advice: 'write e.g. "tcp 22 from 203.0.113.7/32"' };
  if ('problem' in traffic) return told(text, traffic);
  if ('problem' in peer) return told(text, peer);
  return { direction: words[at] === 'from' ? 'ingress' : 'egress', ...traffic, peer };
}

/** The same for what a person writes: refuses also what cannot have been meant, such as ids that AWS does not give. */
export function parseWrittenRule(text: string): Rule | Problem {
  const rule = parseRuleName(text);
  if ('problem' in rule) return rule;
  const doubt = doubtAbout(rule.peer, wordsOf(text).at(-1) ?? '');
  return doubt ? told(text, doubt) : rule;
}

/** The problem after the text that has it. */
export function told(text: string, { problem, advice }: Problem): Problem {
  return { problem: `${quote(text)}: ${problem}`, ...(advice !== undefined && { advice }) };
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** In lower case, with what belongs together in one word; none if the text is longer than any rule. */
export function wordsOf(text: string): readonly string[] {
  if (text.length > LONGEST) return [];
  const tight = text.replaceAll(/(?<=\d)\s*-\s*(?=\d)|\s*\/\s*/g, (separator) => separator.trim());
  return tight.trim().toLowerCase().split(/\s+/);
}

function toRule(raw: RawRule): Rule | Problem {
  const traffic = canonicalTraffic(raw.protocol, raw.from, raw.to);
  if ('problem' in traffic) return traffic;
  const peer = canonicalPeer(raw.peer);
  if ('problem' in peer) return peer;
  const tagged = raw.tags !== undefined && Object.keys(raw.tags).length > 0;
  return {
    direction: raw.direction,
    ...traffic,
    peer,
    ...(raw.description && { description: raw.description }),
    ...(tagged && { tags: raw.tags }),
  };
}
