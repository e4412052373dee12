/**
 * What does a plan say, in the order in which a person should read it? Computed once; renderers only lay it out.
 * First what needs eyes: trust changes, broken limits, unread, held, loosening, risky; then all the rest.
 */
import type { Cell, Plan } from '../model/plan.ts';
import type { Stamp } from '../model/snapshot.ts';
import type { Alarm } from './alarm.ts';
import { type Counts, countPlan, isClean, verdictOf } from './counts.ts';
import { fold, type Group } from './fold.ts';
import { type Notice, noticesAfter, noticesBefore } from './notices.ts';
import { count, list, type Phrase, say, words } from './phrase.ts';
import type { Names } from './place.ts';
import { type Entry, isRisky } from './why.ts';
import { type ChangeView, describeCell, effectOf } from './wording.ts';

export type Section = {
  readonly title: string;
  /** What it means that a cell stands here. */
  readonly meaning: string;
  readonly alarm: Alarm;
  readonly cells: number;
  readonly groups: readonly Group[];
};

export type View = {
  /** `Plan` or `Apply`. */
  readonly title: string;
  /** Which world, which fleet, how much of it. */
  readonly scope: Phrase;
  readonly verdict: Phrase;
  /** Nothing to do, and nothing unknown. */
  readonly clean: boolean;
  readonly before: readonly Notice[];
  readonly sections: readonly Section[];
  readonly after: readonly Notice[];
  readonly digest: string;
};

export type ViewOptions = {
  /** Digests of cells that would change without this pull request too. */
  readonly drifting?: ReadonlySet<string>;
  /** Where merging does not approve them. */
  readonly driftWaits?: boolean;
};

type SectionName = 'unread' | 'held' | 'loosens' | 'unclear' | 'risky' | 'changes' | 'drifting' | 'waiting';
export type Heading = Pick<Section, 'title' | 'meaning' | 'alarm'>;

/** In the order in which they are shown. */
const HEADINGS: { readonly [name in SectionName]: Heading } = {
  unread: { title: 'Unread', meaning: 'could not be read, and never count as clean', alarm: 'unknown' },
  held: { title: 'Held', meaning: 'stopped by a safety rule; not applied, whoever approves', alarm: 'caution' },
  loosens: { title: 'Loosens', meaning: 'less protection than there is now', alarm: 'danger' },
  unclear: {
    title: 'Unclear',
    meaning: 'may be less protection than now: which value is stricter is not known',
    alarm: 'caution',
  },
  risky: { title: 'Risky', meaning: 'something depends on these, or cannot be had back', alarm: 'caution' },
  changes: { title: 'Changes', meaning: 'nothing is known to depend on these', alarm: 'calm' },
  drifting: { title: 'Drift', meaning: 'would change without this pull request too', alarm: 'calm' },
  waiting: {
    title: 'Drift',
    meaning: 'would change without this pull request too; merging does not approve it, it waits as the pending plan',
    alarm: 'calm',
  },
};

export function viewOf(plan: Plan, options: ViewOptions = {}): View {
  const counts = countPlan(plan);
  const entries = plan.cells.map((cell): Entry => {
    const changes = describeCell(cell);
    return { cell, changes, section: sectionOf(cell, changes, options), ...(cell.reason && { reason: cell.reason }) };
  });
  return {
    title: 'Plan',
    scope: scopeOf(plan.stamp, counts),
    verdict: verdictOf(counts),
    clean: isClean(counts),
    before: noticesBefore(plan),
    sections: sectionsOf(entries, HEADINGS, plan.names),
    after: noticesAfter(plan),
    digest: plan.digest,
  };
}

/** Sections in the order of their headings; one without cells is left out. */
export function sectionsOf(
  entries: readonly Entry[],
  headings: { readonly [name: string]: Heading },
  names: Names,
): readonly Section[] {
  return Object.entries(headings).flatMap(([name, heading]) => {
    const inside = entries.filter(({ section }) => section === name);
    return inside.length === 0 ? [] : [{ ...heading, cells: inside.length, groups: fold(inside, names) }];
  });
}

function scopeOf({ world, fleet }: Stamp, { accounts, targets }: Counts): Phrase {
  const size = list([count(accounts, ['account', 'accounts']), count(targets, ['target', 'targets'])]);
  return list([words(world === 'sandbox' ? 'sandbox' : 'AWS'), say`fleet ${fleet}`, size], ' · ');
}

function sectionOf(cell: Cell, changes: readonly ChangeView[], { drifting, driftWaits }: ViewOptions): SectionName {
  if (cell.outcome !== 'change') return cell.outcome;
  const drifts = drifting?.has(cell.digest) ?? false;
  if (drifts && driftWaits) return 'waiting';
  if (effectOf(changes) === 'loosens') return 'loosens';
  if (effectOf(changes) === 'unclear') return 'unclear';
  if (isRisky(cell)) return 'risky';
  return drifts ? 'drifting' : 'changes';
}
