/**
 * What does `tcp 443 from corporate` mean? The words of a rule's name, where the other end may also be a named range,
 * a prefix list of AWS by its name, or `itself`: the members of the very group.
 */

import { parseRuleName } from '../../ingress/rule.ts';
import type { Problem } from '../../ingress/traffic.ts';
import type { Surroundings } from '../../model/guardrail.ts';
import type { Rule } from '../../model/rule.ts';
import { isListId, prefixList } from '../../resources/prefix-list.ts';

/** `traffic` and `word` make the name of a rule, together with a peer. */
export type RuleText = { readonly traffic: string; readonly word: 'from' | 'to'; readonly peer: Named };

/** What is at the other end, as it is written. */
type Named = { readonly kind: 'range' | 'list' | 'literal' | 'itself'; readonly name: string };

const SHAPE = /^(.*\S)\s+(from|to)\s+(\S.*)$/i;

export function parseRuleText(text: string): RuleText | Problem {
  const [, traffic, word = '', peer = ''] = SHAPE.exec(text.trim()) ?? [];
  if (traffic === undefined) {
    return {
      problem: `${JSON.stringify(text.slice(0, 80))} is not a rule: write e.g. "tcp 443 from corporate" or "all to 0.0.0.0/0"`,
    };
  }
  const parts = { traffic, word: word.toLowerCase() === 'from' ? 'from' : 'to', peer: namedBy(peer) } as const;
  const sample = parts.peer.kind === 'literal' ? peer : '0.0.0.0/0';
  const rule = parseRuleName(`${traffic} ${word} ${sample}`);
  return 'problem' in rule ? rule : parts;
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
