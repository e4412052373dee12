/** Which rules could go without a packet being stopped, because others let the same through? */
import type { Direction } from '../model/rule.ts';
import type { Box } from './box.ts';
import { boxesOverlap, containsRegion } from './region.ts';

export type NamedBox = { readonly name: string; readonly direction: Direction; readonly box: Box };

/**
 * @returns the name of each rule that could go → the rules that let the same through: one where one does it alone. All of
 * them could go at once: of two rules that mean the same only the first is named.
 */
export function shadowsIn(rules: readonly NamedBox[]): ReadonlyMap<string, readonly string[]> {
  const shadows = new Map<string, readonly string[]>();
  for (const rule of rules) {
    const others = rules.filter((other) => other !== rule && !shadows.has(other.name) && meets(rule, other));
    if (others.length > 0 && hold(others, rule)) {
      shadows.set(
        rule.name,
        fewest(others, rule).map(({ name }) => name),
      );
    }
  }
  return shadows;
}

function fewest(others: readonly NamedBox[], rule: NamedBox): readonly NamedBox[] {
  const alone = others.find((other) => hold([other], rule));
  if (alone) return [alone];
  return others.reduce((needed, other) => {
    const without = needed.filter((candidate) => candidate !== other);
    return hold(without, rule) ? without : needed;
  }, others);
}

function hold(others: readonly NamedBox[], { box }: NamedBox): boolean {
  return containsRegion(
    others.map((other) => other.box),
    [box],
  );
}

function meets(a: NamedBox, b: NamedBox): boolean {
  return a.direction === b.direction && boxesOverlap(a.box, b.box);
}
