/** Which control was probably meant? Only what one slip explains: any other number would be a guess that misleads. */
import { findNearest } from '../../model/nearest.ts';

export function nearestControl(id: string, known: readonly string[]): string | undefined {
  const [service, number] = split(id);
  const services = [...new Set(known.map((one) => split(one)[0]))];
  const same = services.find((one) => one.toLowerCase() === service.toLowerCase());
  const slip = services.find((one) => isOneSlip(service.toLowerCase(), one.toLowerCase()));
  const meant = same ?? slip ?? findNearest(service, services);
  if (meant === undefined) return undefined;
  const numbers = known.filter((one) => split(one)[0] === meant).map((one) => split(one)[1]);
  const near = numbers.includes(number)
    ? number
    : same && numbers.filter((one) => isOneSlip(number, one)).sort(byLength)[0];
  return near === undefined ? undefined : `${meant}.${near}`;
}

function split(id: string): readonly [service: string, number: string] {
  const dot = id.lastIndexOf('.');
  return dot < 0 ? [id, ''] : [id.slice(0, dot), id.slice(dot + 1)];
}

/** A character too many, or two that changed places. */
function isOneSlip(written: string, meant: string): boolean {
  const without = [...written].map((_, i) => written.slice(0, i) + written.slice(i + 1));
  const swapped = [...written].map(
    (_, i) => written.slice(0, i) + [...written.slice(i, i + 2)].reverse().join('') + written.slice(i + 2),
  );
  return without.includes(meant) || swapped.includes(meant);
}

const byLength = (a: string, b: string): number => b.length - a.length || Number(a) - Number(b);
