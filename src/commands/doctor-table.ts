/** What `trueup doctor` found, as one table: failures first, each with what to add and where; the rest in few lines. */
import { groupBy } from '../model/group-by.ts';
import { forTerminal } from '../render/escape.ts';
import type { Check } from './doctor-check.ts';

export function tellChecks(checks: readonly Check[]): string {
  const failed = checks.filter(({ status }) => status === 'failed');
  const count = (status: Check['status']): number => checks.filter((one) => one.status === status).length;
  const remedies = remediesOf(failed);
  const more = remediesOf(checks.filter(({ status }) => status === 'unverified'));
  return [
    ...failed.map(tellFailure),
    ...folded(checks, 'unverified', 'unclear'),
    ...folded(checks, 'ok', 'ok'),
    ...(remedies.length > 0 ? ['', 'to add:', ...remedies] : []),
    ...(more.length > 0 ? ['', 'to add, if more is to be verified:', ...more] : []),
    '',
    `${checks.length} checks: ${count('failed')} failed, ${count('unverified')} not verifiable here, ${count('ok')} ok`,
  ].join('\n');
}

function tellFailure({ account, region, what, message }: Check): string {
  return `FAILED   ${account}  ${region.padEnd(14)}  ${forTerminal(what, 100)}: ${forTerminal(message, 600)}`;
}

/** The same thing at many places is one line. */
function folded(checks: readonly Check[], status: Check['status'], word: string): string[] {
  const alike = groupBy(
    checks.filter((one) => one.status === status),
    ({ what, message }) => `${forTerminal(what, 100)}: ${forTerminal(message, 200)}`,
  );
  return [...alike].map(([text, places]) => {
    const [first] = places;
    const where = places.length === 1 && first ? `${first.account} ${first.region}` : `at ${places.length} places`;
    return `${word.padEnd(8)} ${text} (${where})`;
  });
}

/** Each statement once for each place to add it. */
function remediesOf(checks: readonly Check[]): string[] {
  const texts = checks.flatMap(({ remedies }) =>
    remedies.map(({ where, add }) => `  ${forTerminal(where)}\n    ${forTerminal(JSON.stringify(add))}`),
  );
  return [...new Set(texts)];
}
