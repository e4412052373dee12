/**
 * What does `tcp 443 from corporate` mean? The words of a rule's name, where the other end may also be a named range,
 * a prefix list of AWS by its name, or `itself`: the members of the very group.
 */

import { doubtAbout, parsePeer } from '../../ingress/peer.ts';
import { LONGEST, parseRuleName, quote, told, wordsOf } from '../../ingress/rule.ts';
import { type Problem, parseTraffic } from '../../ingress/traffic.ts';
import type { Surroundings } from '../../model/guardrail.ts';
import type { Peer, Rule } from '../../model/rule.ts';
import { isListId, prefixList } from '../../resources/prefix-list.ts';

/** `traffic` and `word` make the name of a rule, together with a peer. */
export type RuleText = {
  readonly traffic: string;
  readonly word: 'from' | 'to';
  readonly peer: Named;
  /** ICMP is one protocol for IPv4 and another for IPv6; all others are for both. */
  readonly family?: 'ipv4' | 'ipv6';
};

/** What is at the other end, as it is written. */
type Named = { readonly kind: 'range' | 'list' | 'literal' | 'itself'; readonly name: string };

const SHAPE = /^(.*\S)\s+(from|to)\s+(\S.*)$/i;

/** The problem has the text as it is written, what is wrong with it, and what to write instead. */
export function parseRuleText(text: string): RuleText | Problem {
  const [, words, word = '', peer = ''] = (text.length > LONGEST ? null : SHAPE.exec(text.trim())) ?? [];
  if (words === undefined) return noRule(text);
  const traffic = parseTraffic(wordsOf(words));
  if (!traffic) return noRule(text);
  if ('problem' in traffic) return told(text, traffic);
  const family = FAMILIES.get(traffic.protocol);
  const parts = {
    traffic: words,
    word: word.toLowerCase() === 'from' ? 'from' : 'to',
    peer: namedBy(peer),
    ...(family && { family }),
  } as const;
  const problem = parts.peer.kind === 'literal' ? problemOf(peer, parts) : undefined;
  return problem ? told(text, problem) : parts;
}

const FAMILIES: ReadonlyMap<string, 'ipv4' | 'ipv6'> = new Map([
  ['icmp', 'ipv4'],
  ['icmpv6', 'ipv6'],
]);

function noRule(text: string): Problem {
  return {
    problem: `${quote(text)} is not a rule`,
    advice: 'write e.g. "tcp 443 from corporate" or "all to 0.0.0.0/0"',
  };
}

/** Of what stands there itself, not under a name. */
function problemOf(text: string, { family, word }: Pick<RuleText, 'family' | 'word'>): Problem | undefined {
  const words = wordsOf(text);
  const peer = parsePeer(words);
  if (!peer)
    return {
      problem: `${quote(text)} is neither a range, a CIDR, a group nor a prefix list`,
      advice: 'names are one word',
    };
  if ('problem' in peer) return peer;
  return doubtAbout(peer, words[0] ?? '') ?? wrongFamily(peer, family, word);
}

function wrongFamily(peer: Peer, family: RuleText['family'], word: RuleText['word']): Problem | undefined {
  if (!family || (peer.kind !== 'ipv4' && peer.kind !== 'ipv6') || peer.kind === family) return undefined;
  return { problem: `${peer.cidr} is not ${FAMILY_NAMES[family]}`, advice: otherIcmp(family, word, peer.cidr) };
}

export const FAMILY_NAMES = { ipv4: 'IPv4, as icmp is', ipv6: 'IPv6, as icmpv6 is' } as const;

/** Types have other numbers in the other protocol, so that none is translated. */
export function otherIcmp(family: 'ipv4' | 'ipv6', word: 'from' | 'to', peer: string): string {
  return family === 'ipv4'
    ? `for IPv6 write "icmpv6 all ${word} ${peer}", or a type of ICMPv6: "icmpv6 128 ${word} ${peer}" is echo request`
    : `for IPv4 write "icmp all ${word} ${peer}", or a type of ICMP: "icmp 8 ${word} ${peer}" is echo request`;
}

/** The rules that the text means in this group, without labels: one for each CIDR of a range. */
export function rulesMeant({ traffic, word, peer }: RuleText, around: Surroundings): readonly Rule[] {
  return peersMeant(peer, around).flatMap((name) => {
    const rule = parseRuleName(`${traffic} ${word} ${name}`);
    return 'problem' in rule || (peer.kind === 'range' && !speaks(rule)) ? [] : [rule];
  });
}

/** The prefix list that must be known before the text can be understood, or before its weight can be told. */
export function listIn({ peer }: RuleText): string | undefined {
  return peer.kind === 'list' || isListId(peer.name) ? peer.name : undefined;
}

function namedBy(peer: string): Named {
  if (peer.toLowerCase() === 'itself') return { kind: 'itself', name: peer };
  if (peer.startsWith('com.amazonaws.')) return { kind: 'list', name: peer };
  const literal = /[/:]/.test(peer) || /^(?:sg|pl)-/i.test(peer) || /\s/.test(peer) || /^[\d.]+$/.test(peer);
  return { kind: literal ? 'literal' : 'range', name: literal ? peer.toLowerCase() : peer };
}

function peersMeant({ kind, name }: Named, { id, ranges, look }: Surroundings): readonly string[] {
  switch (kind) {
    case 'itself':
      return [id];
    case 'range':
      return ranges[name] ?? [];
    case 'list':
      return [String(look(prefixList.name, name)?.about.id ?? name)];
    case 'literal':
      return [name];
  }
}

/** A range may have both families; ICMP is for one of them, ICMPv6 for the other. */
function speaks({ protocol, peer }: Rule): boolean {
  return !(protocol === 'icmp' && peer.kind === 'ipv6') && !(protocol === 'icmpv6' && peer.kind === 'ipv4');
}
