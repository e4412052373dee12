/** Can this exception ever spare anything of its guardrail? One that cannot would look like cover that is not there. */

import { parseWrittenRule } from '../ingress/rule.ts';
import { GLOBAL } from '../model/address.ts';
import { globMatches } from '../model/glob.ts';
import type { Excepts, Guardrail } from '../model/guardrail.ts';
import { fieldOf, type Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { Document } from './document.ts';
import { type Complaint, problemAt } from './source.ts';
import { keyOffset, locate, toJson } from './tree.ts';
import { oneOf, quote, suggest } from './words.ts';

/** A complaint about a part of a scope: about its value, or that it stands there at all. */
type Doubt = { readonly part: string; readonly at: 'key' | 'value'; readonly complaint: Complaint };

export function checkExceptions(documents: readonly Document[], guardrails: readonly Guardrail[]): readonly Problem[] {
  return documents.flatMap((document) => (document.kind === 'Exceptions' ? checkDocument(document, guardrails) : []));
}

function checkDocument({ source, tree }: Document, guardrails: readonly Guardrail[]): readonly Problem[] {
  const list = locate(tree, ['exceptions']);
  if (!list.found || list.tree.kind !== 'list') return [];
  return list.tree.items.flatMap((item, index) => {
    const written = toJson(item);
    const guardrail = guardrails.find(({ name }) => name === fieldOf(written, 'guardrail'));
    if (!guardrail?.excepts) return [];
    const path = ['exceptions', index];
    if (guardrail.excepts === 'nothing')
      return [problemAt(source, locate(tree, [...path, 'guardrail']).offset, changesNothing(guardrail))];
    return doubtsIn(fieldOf(written, 'scope'), guardrail, guardrail.excepts).map(({ part, at, complaint }) => {
      const scope = [...path, 'scope'];
      const offset = at === 'key' ? keyOffset(tree, scope, part) : locate(tree, [...scope, part]).offset;
      return problemAt(source, offset, complaint);
    });
  });
}

function changesNothing({ name }: Guardrail): Complaint {
  const message = `${name} changes nothing, so nothing can be spared from it`;
  return { code: 'wrong-value', message, advice: 'remove the exception' };
}

function doubtsIn(scope: Json | undefined, guardrail: Guardrail, excepts: Excepts): readonly Doubt[] {
  const text = (part: string): string | undefined => {
    const value = fieldOf(scope, part);
    return typeof value === 'string' ? value : undefined;
  };
  const [rule, field, region] = [text('rule'), text('field'), text('region')];
  const unfit = UNLIKE.filter((part) => text(part) !== undefined && !allows(excepts, part));
  return [
    ...unfit.map((part) => doubt(part, 'key', neverMatches(part, guardrail, excepts))),
    ...(rule !== undefined && excepts.rules ? directionOf(rule, guardrail, excepts.rules) : []),
    ...(field !== undefined && excepts.fields ? fieldIn(field, guardrail, excepts.fields) : []),
    ...(region === undefined ? [] : placeOf(region, guardrail)),
  ];
}

/** The parts of a scope that are not for every guardrail. */
const UNLIKE = ['vpc', 'group', 'control', 'rule', 'field'] as const;

function allows({ parts, rules, fields }: Excepts, part: (typeof UNLIKE)[number]): boolean {
  if (part === 'rule') return rules !== undefined;
  if (part === 'field') return fields !== undefined;
  return parts.includes(part);
}

function neverMatches(part: (typeof UNLIKE)[number], { name }: Guardrail, excepts: Excepts): Complaint {
  const known = ['account', 'region', ...UNLIKE.filter((other) => allows(excepts, other))];
  const message = `an exception from ${name} with "${part}" spares nothing: it has ${NOTHING[part]}`;
  return { code: 'wrong-value', message, advice: `narrow it by ${oneOf(known)}` };
}

const NOTHING: { readonly [part in (typeof UNLIKE)[number]]: string } = {
  vpc: 'nothing in VPCs',
  group: 'no security groups',
  control: 'no controls',
  rule: 'no rules',
  field: 'no fields but rules: write "rule"',
};

function directionOf(text: string, { name }: Guardrail, directions: NonNullable<Excepts['rules']>): readonly Doubt[] {
  const rule = parseWrittenRule(text);
  if ('problem' in rule || directions.includes(rule.direction)) return [];
  const message = `${quote(text)} is a rule of ${rule.direction}, and ${name} changes only ${directions.join()}`;
  const advice = `a rule of ingress says "from", one of egress "to"`;
  return [doubt('rule', 'value', { code: 'wrong-value', message, advice })];
}

function fieldIn(field: string, { name }: Guardrail, fields: readonly string[]): readonly Doubt[] {
  if (fields.some((pattern) => globMatches(pattern, field))) return [];
  const message = `${name} has no field ${quote(field)}, so that nothing is spared`;
  return [doubt('field', 'value', { code: 'wrong-value', message, ...suggest(field, fields) })];
}

/** What an account has once stands under `global`, everything else in a region. */
function placeOf(region: string, { name, resource }: Guardrail): readonly Doubt[] {
  const once = resource.scope === 'global';
  if (once === (region === GLOBAL)) return [];
  const message = once
    ? `${name} is there once per account, in no region`
    : `${name} is there in every region: nothing of it is global`;
  const advice = once ? 'write "region: global", or leave it out' : 'write a region, or leave it out for all';
  return [doubt('region', 'value', { code: 'wrong-value', message, advice })];
}

function doubt(part: string, at: Doubt['at'], complaint: Complaint): Doubt {
  return { part, at, complaint };
}
