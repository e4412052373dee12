/** Policies that override each other in a circle: none of them would win. */
import type { Problem } from '../model/problem.ts';
import type { Document, PolicyDocument } from './document.ts';
import { problemAt } from './source.ts';
import { locate } from './tree.ts';
import { quote } from './words.ts';

export function checkOverrideCycles(documents: readonly Document[]): readonly Problem[] {
  const policies = documents.filter((document) => document.kind === 'Policy');
  const overrides = new Map(policies.map(({ value }) => [value?.name ?? '', value?.overrides ?? []]));
  return policies.flatMap((policy) => {
    const name = policy.value?.name ?? '';
    const index = (overrides.get(name) ?? []).findIndex((other) => reaches(other, name, overrides));
    return index < 0 ? [] : [cycle(policy, index)];
  });
}

function reaches(from: string, to: string, overrides: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const other of overrides.get(name) ?? []) open.push(other);
  }
  return false;
}

function cycle({ source, tree, value }: PolicyDocument, index: number): Problem {
  const other = value?.overrides[index] ?? '';
  const itself = other === value?.name;
  return problemAt(source, locate(tree, ['overrides', index]).offset, {
    code: 'override-cycle',
    message: itself
      ? 'the policy overrides itself'
      : `${quote(other)}, which is overridden here, overrides this policy in turn`,
    advice: 'remove one of the overrides, so that it is clear which policy wins',
  });
}
