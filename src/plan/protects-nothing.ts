/** Which entries of `safety.neverTouch` protect nothing that this plan looked at? A protection that is none must not look like one. */
import { matches } from '../fleet/select.ts';
import type { Note } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Fleet } from '../model/state.ts';

export function protectingNothing({ safety, at }: Fleet, { inventory, readings }: Snapshot): Note[] {
  if (safety.neverTouch.length === 0) return [];
  const accounts = [...inventory.accounts, ...inventory.unreachable, ...inventory.skipped];
  const things = new Set<string>();
  const tags = new Set(inventory.accounts.flatMap((account) => Object.entries(account.tags ?? {}).map(tagOf)));
  for (const [id, { about }] of readings.flatMap(({ found }) => Object.entries(found))) {
    things.add(id);
    if (typeof about.vpc === 'string') things.add(about.vpc);
    for (const tag of Object.entries(about.tags ?? {}).map(tagOf)) tags.add(tag);
  }
  const isAccount = /^(all|self|\d{12}|(name|ou):.*)$/s;
  return safety.neverTouch
    .filter((entry) =>
      isAccount.test(entry)
        ? !accounts.some((account) => matches(entry, account, inventory.caller.account))
        : !things.has(entry) && !tags.has(entry.replace(/^tag:/, '')),
    )
    .map((entry) => ({ code: 'protects-nothing', message: tell(entry, tags), at }));
}

function tell(entry: string, tags: ReadonlySet<string>): string {
  const folded = entry.replace(/^tag:/, '').toLowerCase();
  const near = entry.startsWith('tag:') && [...tags].sort().find((tag) => tag.toLowerCase() === folded);
  const hint = near ? `: there is the tag ${near}, and case counts` : '';
  return `"${entry}" under safety.neverTouch protects nothing that this plan looked at${hint}`;
}

function tagOf([key, value]: readonly [key: string, value: unknown]): string {
  return `${key}=${String(value)}`;
}
