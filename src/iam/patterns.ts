/** What do patterns of actions and resources in policies have in common, when both sides are patterns? Pure. */
import { globMatches } from '../model/glob.ts';

/** What a statement is about: what matches one of the patterns, or all that matches none of them. */
export type Span = { readonly but: boolean; readonly patterns: readonly string[] };

/** Is all of `narrow` in `wide`, for certain? `false` may also mean that it cannot be told. */
export function spans(wide: Span, narrow: Span): boolean {
  if (!wide.but && !narrow.but) return narrow.patterns.every((one) => wide.patterns.some((all) => contains(all, one)));
  if (!wide.but) return wide.patterns.includes('*');
  if (!narrow.but) return !wide.patterns.some((left) => narrow.patterns.some((one) => overlap(left, one)));
  return wide.patterns.every((left) => narrow.patterns.some((all) => contains(all, left)));
}

/** May something be in both? `true` may also mean that it cannot be told. */
export function meet(one: Span, other: Span): boolean {
  if (one.but && other.but) return true;
  if (one.but) return other.patterns.some((pattern) => !one.patterns.some((left) => contains(left, pattern)));
  if (other.but) return meet(other, one);
  return one.patterns.some((left) => other.patterns.some((right) => overlap(left, right)));
}

/** Whatever IAM puts in for a variable. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
const VARIABLE = /\$\{[^}]*\}/g;

function contains(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  if (wide.includes('${')) return false;
  const text = narrow.replace(VARIABLE, '*');
  // A `*` of the narrow one is matched by a `*` alone: taken as a character, it would pass for one `?`.
  if (wide.includes('?') && text.includes('*')) return false;
  return globMatches(wide, text);
}

/** Is there a text that matches both? At most the product of their lengths in steps. */
function overlap(left: string, right: string): boolean {
  const [one, other] = [left, right].map((text) => [...text.replace(VARIABLE, '*')]) as [string[], string[]];
  let reached = row(other, (at) => at === 0 || other.slice(0, at).every((sign) => sign === '*'));
  for (const sign of one) {
    const before = reached;
    const next: boolean[] = [];
    for (let at = 0; at <= other.length; at += 1) {
      const given = other[at - 1];
      const skips = sign === '*' && (before[at] === true || next[at - 1] === true);
      const stays = given === '*' && (before[at] === true || next[at - 1] === true);
      const alike = given !== undefined && (sign === given || sign === '?' || given === '?');
      const steps = alike && sign !== '*' && given !== '*' && before[at - 1] === true;
      next.push(skips || stays || steps);
    }
    reached = next;
  }
  return reached.at(-1) === true;
}

function row(other: readonly string[], holds: (at: number) => boolean): boolean[] {
  return Array.from({ length: other.length + 1 }, (_, at) => holds(at));
}
