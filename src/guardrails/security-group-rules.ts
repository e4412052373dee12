/**
 * The exact rules of groups that somebody owns centrally: what is missing is added, what is too much is taken away.
 * A direction that is left out is not managed. Items that select the same group add up.
 */
import { ruleName } from '../ingress/rule.ts';
import type { Mention, Need, Setter, Surroundings } from '../model/guardrail.ts';
import { fieldOf, itemsOf, type Json } from '../model/json.ts';
import type { Direction, Rule, Rules } from '../model/rule.ts';
import { prefixList } from '../resources/prefix-list.ts';
import { securityGroup } from '../resources/security-group.ts';
import { securityGroupUse, tellUse } from '../resources/security-group-use.ts';
import { leavesOut, selects } from './group-selection.ts';
import {
  FAMILY_NAMES,
  listIn,
  otherIcmp,
  parseRuleText,
  type RuleText,
  rulesMeant,
} from './security-group-rules/rule-text.ts';
import { type Item, type Params, schema } from './security-group-rules/schema.ts';

export const securityGroupRules: Setter<Params, Rules> = {
  kind: 'setter',
  name: 'security-group-rules',
  summary: 'Selected security groups have exactly these ingress rules, egress rules, or both.',
  schema,
  resource: securityGroup,
  ranges: (written) => itemsOf(written).flatMap(rangesIn),
  excepts: { parts: ['vpc', 'group'], rules: ['ingress', 'egress'] },
  wants: () => ({}),
  governs: (params, around) => params.some(({ groups }) => selects(groups, around)),
  leavesOut: (params, around) => params.some(({ groups }) => leavesOut(groups, around)),
  evidence: [prefixList.name],
  needs: (_, params, around) => listsIn(linesFor(params, around)),
  desire(observed, params, around) {
    const lines = linesFor(params, around);
    const kept = Object.entries(observed).filter(([, { direction }]) => !manages(direction, params, around));
    return { ...Object.fromEntries(kept), ...wanted(lines, observed, around) };
  },
  lineOf(field, params, around) {
    const line = linesFor(params, around).find(({ text }) =>
      rulesMeant(text, around).some((rule) => ruleName(rule) === field),
    );
    return line?.path ?? directionOf(field, params, around);
  },
  hold: {
    reader: securityGroupUse.name,
    inUse: (params, around) =>
      params.some(({ groups, whenInUse }) => whenInUse === 'hold' && selects(groups, around)) ? 'hold' : 'proceed',
    tell: tellUse,
  },
};

/** One line of an item, and the path to it. */
type Line = {
  readonly path: string;
  readonly text: RuleText;
  readonly labels: Pick<Rule, 'description' | 'tags'>;
};

const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

function linesFor(params: Params, around: Surroundings): readonly Line[] {
  return params.flatMap((item, index) => (selects(item.groups, around) ? linesOf(item, index) : []));
}

function linesOf(item: Item, index: number): readonly Line[] {
  return DIRECTIONS.flatMap((direction) => {
    const rules = item[direction] ?? 'none';
    return (rules === 'none' ? [] : rules).flatMap((entry, i) => {
      const { rule, ...labels } = typeof entry === 'string' ? { rule: entry } : entry;
      const text = parseRuleText(rule);
      return 'problem' in text ? [] : [{ path: `${index}.${direction}.${i}`, text, labels }];
    });
  });
}

function manages(direction: Direction, params: Params, around: Surroundings): boolean {
  return params.some((item) => item[direction] !== undefined && selects(item.groups, around));
}

/** The rules under their names; of several lines that mean the same rule, the first gives it its labels. */
function wanted(lines: readonly Line[], observed: Rules, around: Surroundings): Rules {
  const rules = lines.flatMap(({ text, labels }) =>
    rulesMeant(text, around).map((rule) => [ruleName(rule), rule, labels] as const),
  );
  return Object.fromEntries(
    [...rules].reverse().map(([name, rule, labels]) => [name, labelled(rule, labels, observed[name])]),
  );
}

/** Labels that are left out are those that are there; AWS's own tags always stay. */
function labelled(rule: Rule, { description, tags }: Line['labels'], actual: Rule | undefined): Rule {
  const words = description ?? actual?.description;
  const own = Object.entries(actual?.tags ?? {}).filter(([key]) => key.toLowerCase().startsWith('aws:'));
  const marks = tags ? { ...Object.fromEntries(own), ...tags } : (actual?.tags ?? {});
  return {
    ...rule,
    ...(words && { description: words }),
    ...(Object.keys(marks).length > 0 && { tags: marks }),
  };
}

/** What is taken away is asked for by the line that says which direction is managed. */
function directionOf(field: string, params: Params, around: Surroundings): string | undefined {
  const direction = / from /.test(field) ? 'ingress' : 'egress';
  const index = params.findIndex((item) => item[direction] !== undefined && selects(item.groups, around));
  return index < 0 ? undefined : `${index}.${direction}`;
}

/** Of every line that can be read, whatever is wrong with the others. */
function rangesIn(item: Json, index: number): readonly Mention[] {
  return DIRECTIONS.flatMap((direction) =>
    itemsOf(fieldOf(item, direction)).flatMap((entry, i) => {
      const rule = typeof entry === 'string' ? entry : fieldOf(entry, 'rule');
      const text = typeof rule === 'string' ? parseRuleText(rule) : undefined;
      return text && !('problem' in text) ? rangeOf(text, `${index}.${direction}.${i}`) : [];
    }),
  );
}

/** A range in which the traffic finds nothing of its family would silently mean no rule. */
function rangeOf({ traffic, word, peer: { kind, name }, family }: RuleText, path: string): readonly Mention[] {
  if (kind !== 'range') return [];
  if (!family) return [{ path, name }];
  const message = `"${traffic} ${word} ${name}" means no rule: nothing in the range ${name} is ${FAMILY_NAMES[family]}`;
  return [{ path, name, only: { family, message, advice: otherIcmp(family, word, name) } }];
}

function listsIn(lines: readonly Line[]): readonly Need[] {
  const ids = [...new Set(lines.flatMap(({ text }) => listIn(text) ?? []))].sort();
  return ids.length > 0 ? [{ reader: prefixList.name, want: { ids } }] : [];
}
