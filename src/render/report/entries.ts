/** The groups of an inventory and their rules, in typed parts. */
import type { Finding, Severity } from '../../ingress/findings.ts';
import type { Peer, Rule } from '../../model/rule.ts';
import type { Target } from '../../model/snapshot.ts';

export type Remark = {
  readonly code: Finding['code'] | 'stale-reference' | 'unused-group';
  readonly message: string;
  readonly severity: Severity;
};

/** `name`: what the group or list is called, when that is known. */
export type PeerEntry = Peer & { readonly name?: string };

export type RuleEntry = Omit<Rule, 'peer'> & {
  /** As plans and exceptions call it. */
  readonly rule: string;
  readonly peer: PeerEntry;
  readonly findings: readonly Remark[];
};

export type GroupEntry = Target & {
  readonly accountName?: string;
  readonly id: string;
  readonly name: string;
  readonly vpc: string;
  readonly description: string;
  readonly tags: { readonly [key: string]: string };
  /** Network interfaces that it is attached to; absent when they were not looked for. */
  readonly interfaces?: number;
  readonly usedBy?: string;
  readonly findings: readonly Remark[];
  readonly rules: readonly RuleEntry[];
};

/** Of the group and of its rules. */
export function remarksOf({ findings, rules }: GroupEntry): readonly Remark[] {
  return [...findings, ...rules.flatMap((rule) => rule.findings)];
}
