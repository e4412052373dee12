/**
 * What is risky about ingress rules, told with every plan and never changed: everything open to the world, any port
 * open to the world, many ports open to a wide range, rules that say nothing new.
 */
import { z } from 'zod';
import { type Finding, findingsOf, SEVERITIES, THRESHOLDS, type Thresholds } from '../ingress/findings.ts';
import type { Restrictor } from '../model/guardrail.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { prefixList } from '../resources/prefix-list.ts';
import { entriesAround, type RulePart } from '../resources/security-group/shrink.ts';
import { securityGroup } from '../resources/security-group.ts';
import { portRange, ports } from './allowed-ingress/ports.ts';
import { width4, width6, widthsOf } from './allowed-ingress/width.ts';
import { groupSelection, leavesOut, selects } from './group-selection.ts';

const schema = z.strictObject({
  groups: groupSelection.default('all').describe('which groups are looked at; all that are given must match'),
  world: width4(0)
    .default(`/${THRESHOLDS.world.v4}`)
    .describe('a range of IPv4 with a prefix of this length or a shorter one is the world'),
  world6: width6(0).default(`/${THRESHOLDS.world.v6}`).describe('the same for IPv6'),
  wide: width4(0)
    .default(`/${THRESHOLDS.wide.v4}`)
    .describe('a range of IPv4 with a prefix of this length or a shorter one is wide: one site or more'),
  wide6: width6(0)
    .optional()
    .describe('the same for IPv6; left out: twice the length of IPv4, so that `/24` goes with /48'),
  manyPorts: z
    .int()
    .min(1)
    .max(65_536)
    .default(THRESHOLDS.manyPorts)
    .describe('as many ports as this in one rule are many; open to a wide range, they are a finding'),
  publicPorts: ports
    .default([80, 443])
    .describe('ports of tcp and udp that are meant for the world: open to it, they are of low severity'),
  least: z.enum(SEVERITIES).default('high').describe('what is less severe is not told beside a plan; a report has all'),
});

export type FindingParams = z.infer<typeof schema>;

export const ingressFindings: Restrictor<FindingParams, Rules, RulePart> = {
  kind: 'restrictor',
  name: 'ingress-findings',
  summary: 'Tells which rules are open to the world or to wide ranges; it changes nothing.',
  schema,
  resource: securityGroup,
  writes: [],
  excepts: 'nothing',
  wants: () => ({}),
  governs: ({ groups }, around) => selects(groups, around),
  leavesOut: ({ groups }, around) => leavesOut(groups, around),
  evidence: [prefixList.name],
  needs: (rules, { least }) => {
    const listed = Object.values(rules).flatMap((rule) =>
      rule.peer.kind === 'prefix-list' && concerns(rule, least) ? rule.peer.id : [],
    );
    const ids = [...new Set(listed)];
    return ids.length > 0 ? [{ reader: prefixList.name, want: { ids: ids.sort() }, only: 'remarks' }] : [];
  },
  cuts: () => [],
  remarks: (rules, params, around) =>
    findingsOf(rules, entriesAround(around), thresholdsOf(params))
      .filter((finding) => isTold(finding, rules[finding.rule], params.least))
      .map(({ code, message, rule }) => ({ code, message, path: '', field: rule })),
};

export function thresholdsOf({ world, world6, wide, wide6, manyPorts, publicPorts }: FindingParams): Thresholds {
  return {
    world: widthsOf(world, world6),
    wide: widthsOf(wide, wide6),
    manyPorts,
    publicPorts: publicPorts.map(portRange),
  };
}

/** That nothing could be found out about a rule is as grave as what may be true of it. */
function isTold(finding: Finding, rule: Rule | undefined, least: FindingParams['least']): boolean {
  return finding.code === 'unjudged' ? rule !== undefined && concerns(rule, least) : isAtLeast(finding, least);
}

/** Of a rule for egress only the least grave can be told: that it says nothing new. */
function concerns({ direction }: Rule, least: FindingParams['least']): boolean {
  return direction === 'ingress' || least === 'low';
}

function isAtLeast({ severity }: Finding, least: FindingParams['least']): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
}
