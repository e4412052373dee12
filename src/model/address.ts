/** How a cell and a target are written as text, and in which order they stand. */
import type { Address } from './plan.ts';
import type { Target } from './snapshot.ts';

/** The region of what an account has only once. */
export const GLOBAL = 'global';

export function targetKey({ account, region }: Target): string {
  return `${account}/${region}`;
}

/** `111122223333/eu-west-1/security-group/sg-0abc`; without an id for what a target has only once. */
export function addressKey({ account, region, resource, id }: Address): string {
  return id === '' ? `${account}/${region}/${resource}` : `${account}/${region}/${resource}/${id}`;
}

/** Compares by UTF-16 code unit: the same order on every machine, whatever its locale. */
export function byText<Item>(textOf: (item: Item) => string): (a: Item, b: Item) => number {
  return (a, b) => {
    const [left, right] = [textOf(a), textOf(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
}
