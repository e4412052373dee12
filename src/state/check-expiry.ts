/** Does an exception last longer than the fleets allow? One that is over is no mistake: it acts as absent. */
import type { Problem } from '../model/problem.ts';
import type { Document, ExceptionsDocument } from './document.ts';
import { dayNumber } from './shapes.ts';
import { problemAt } from './source.ts';
import { locate } from './tree.ts';

const DEFAULT_DAYS = 180;

/** An exception is not bound to a fleet, so the strictest decides. */
export function checkExpiry(documents: readonly Document[], today: string): readonly Problem[] {
  const allowed = documents.flatMap((document) =>
    document.kind === 'Fleet' && document.value ? [document.value.safety.maxExceptionDays] : [],
  );
  const days = allowed.length === 0 ? DEFAULT_DAYS : allowed.reduce((least, each) => Math.min(least, each));
  return documents.flatMap((document) => (document.kind === 'Exceptions' ? checkDocument(document, days, today) : []));
}

function checkDocument({ source, tree, value }: ExceptionsDocument, days: number, today: string): readonly Problem[] {
  const now = dayNumber(today);
  if (now === undefined) throw new TypeError(`not a day: ${today}`);
  const latest = new Date((now + days) * 86_400_000).toISOString().slice(0, 10);
  return (value ?? []).flatMap(({ expires }, index) => {
    const left = (dayNumber(expires) ?? 0) - now;
    if (left <= days) return [];
    const complaint = {
      code: 'expires-too-late',
      message: `the exception lasts ${left} more ${left === 1 ? 'day' : 'days'}; safety.maxExceptionDays allows ${days}`,
      advice: `write ${latest} or an earlier day, and renew it then if it is still needed`,
    } as const;
    return [problemAt(source, locate(tree, ['exceptions', index, 'expires']).offset, complaint)];
  });
}
