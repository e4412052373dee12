/** What is healed no longer because it keeps coming back: which, and who changes it, as far as CloudTrail tells. */
import { type Changer, type Trace, whoChanged } from '../../fleet/trail.ts';
import type { Cell } from '../../model/plan.ts';
import { MOST_HEALED } from '../../plan/heal.ts';
import { forMarkdown } from '../../render/escape.ts';
import { type Run, resources } from '../../run.ts';
import type { Desk } from './desk.ts';

/** CloudTrail takes two requests a second of an account and region: more than these are only counted. */
const NAMED = 5;
const CHANGERS = 3;
/** The same days after which a healing is forgotten. */
export const FLIPPING_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** One remark for the issue, or none. Nobody is asked where nothing may be told. */
export async function remarkOnFlips(
  flipping: readonly Cell[],
  { publication }: Pick<Desk, 'publication'>,
  run: Run,
): Promise<readonly string[]> {
  if (flipping.length === 0) return [];
  const head = `🟡 **${flipping.length} not healed any more**: healed ${MOST_HEALED} times, and drifted again. Find out who changes them`;
  if (publication !== 'full') return [`${head}; CloudTrail tells.`];
  const named = flipping.slice(0, NAMED);
  const lines = await Promise.all(named.map(async (cell) => lineOf(cell, await trace(cell, run))));
  const more = flipping.length - named.length;
  return [[`${head}:`, ...lines, ...(more > 0 ? [`${more} more`] : [])].join('\n  - ')];
}

async function trace({ address }: Cell, { connection, fleet, now }: Run): Promise<Trace> {
  const resource = resources.get(address.resource);
  if (!resource) return { changers: [] };
  const since = new Date(now.getTime() - FLIPPING_DAYS * DAY_MS);
  return whoChanged(address, { connection, fleet, resource, since });
}

function lineOf({ title, address: { account, region } }: Cell, found: Trace): string {
  const place = `${forMarkdown(title)} in ${forMarkdown(account)} ${forMarkdown(region)}`;
  if ('unread' in found) {
    const { message, advice } = found.unread;
    return `${place}: ${forMarkdown(message, 300)}${advice === undefined ? '' : ` → ${forMarkdown(advice, 300)}`}`;
  }
  if (found.changers.length === 0) {
    return `${place}: CloudTrail has no change of it by anybody but Trueup in ${FLIPPING_DAYS} days; an event takes minutes to show there`;
  }
  const told = found.changers.slice(0, CHANGERS).map(tellChanger);
  const others = found.changers.length - told.length;
  return `${place}: ${told.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

function tellChanger({ who, through, event, at, times }: Changer): string {
  const by = through === undefined || through === who ? '' : ` through ${forMarkdown(through)}`;
  const when = `${at.slice(0, 16).replace('T', ' ')} UTC`;
  return `${forMarkdown(who)}${by} (${times === 1 ? '' : `${times} times, last `}${forMarkdown(event)} on ${when})`;
}
