/** Policies that override each other in a circle: none of them would win. */
import type { Problem } from '../model/problem.ts';
import type { Document, PolicyDocument } from './document.ts';
import { problemAt } from './source.ts';
import { locate } from './tree.ts';
import { quote } from './words.ts';

type Policies = ReadonlyMap<string, PolicyDocument>;

/** One problem for each circle, at the override that closes it. */
export function checkOverrideCycles(documents: readonly Document[]): readonly Problem[] {
  const written = documents.filter((document) => document.kind === 'Policy');
  const policies: Policies = new Map(written.flatMap((policy) => (policy.value ? [[policy.value.name, policy]] : [])));
  const done = new Set<string>();
  return [...policies.keys()].flatMap((name) => findCircles(name, policies, done));
}

/** Depth first; each policy is entered once, however many lead to it. */
function findCircles(start: string, policies: Policies, done: Set<string>): readonly Problem[] {
  const problems: Problem[] = [];
  const path = new Set<string>();
  const open = [{ name: start, leave: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { name, leave } = next;
    const policy = policies.get(name);
    if (leave) {
      path.delete(name);
      done.add(name);
    } else if (policy && !done.has(name)) {
      path.add(name);
      open.push({ name, leave: true });
      for (const [index, other] of (policy.value?.overrides ?? []).entries())
        if (path.has(other)) problems.push(circle(policy, index, [...path]));
        else open.push({ name: other, leave: false });
    }
  }
  return problems;
}

const MOST_NAMED = 10;

function circle({ source, tree, value }: PolicyDocument, index: number, path: readonly string[]): Problem {
  const members = path.slice(path.indexOf(value?.overrides[index] ?? ''));
  const names = members.slice(0, MOST_NAMED).map(quote).join(' → ');
  return problemAt(source, locate(tree, ['overrides', index]).offset, {
    code: 'override-cycle',
    message:
      members.length === 1
        ? 'the policy overrides itself'
        : `the overrides go in a circle: ${names} → ${members.length > MOST_NAMED ? '…' : quote(members[0] ?? '')}`,
    advice: 'remove one of the overrides, so that it is clear which policy wins',
  });
}
