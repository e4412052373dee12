/** A snapshot arranged for looking things up: the closest reading of each instance wins. */
import { targetKey } from '../model/address.ts';
import type { Reason } from '../model/problem.ts';
import type { Observation, Want } from '../model/resource.ts';
import type { Reading, Snapshot, Target } from '../model/snapshot.ts';

/** What is known of one instance. `absent`: it was asked for, and is not there. */
export type Known =
  | { readonly state: 'seen'; readonly observation: Observation }
  | { readonly state: 'unread'; readonly reason: Reason }
  | { readonly state: 'absent' | 'not-asked' };

export interface Survey {
  /** Ids that a reader found at a target, sorted. */
  ids(target: Target, reader: string): readonly string[];
  /** Why a reader could not tell what was wanted of it at a target, if so. */
  unread(target: Target, reader: string, want: Want): Reason | undefined;
  know(target: Target, reader: string, id: string): Known;
}

export function surveyOf(snapshot: Snapshot): Survey {
  const places = new Map<string, Place>();
  for (const reading of snapshot.readings) {
    const key = placeKey(reading, reading.reader);
    const place: Place = places.get(key) ?? { looks: [], known: new Map() };
    place.looks.push({ reading, ids: reading.want.ids && new Set(reading.want.ids) });
    places.set(key, place);
  }
  const at = (target: Target, reader: string): Place => places.get(placeKey(target, reader)) ?? NOWHERE;
  return {
    ids: (target, reader) =>
      [...new Set(at(target, reader).looks.flatMap(({ reading }) => Object.keys(reading.found)))].sort(),
    unread: (target, reader, wanted) => {
      const readings = at(target, reader).looks.map(({ reading }) => reading);
      const broad = readings.filter(({ want }) => !want.close && !want.ids);
      const failed = broad.find(({ unread }) => unread)?.unread;
      return failed ?? (broad.some(({ want }) => covers(want, wanted)) ? undefined : NOT_READ);
    },
    // Asked for again and again: by every policy, entry and exception that looks at it.
    know: (target, reader, id) => {
      const { looks, known } = at(target, reader);
      const found = known.get(id) ?? closest(looks, id);
      if (looks.length > 0) known.set(id, found);
      return found;
    },
  };
}

/** Everything that one reader read at one target, and what became known of each instance. */
type Place = { readonly looks: Look[]; readonly known: Map<string, Known> };
type Look = { readonly reading: Reading; readonly ids: ReadonlySet<string> | undefined };
const NOWHERE: Place = { looks: [], known: new Map() };

/** Whether all that is wanted was looked at: one who was asked for some names says nothing about others. */
function covers({ names }: Want, wanted: Want): boolean {
  return !names || (wanted.names?.every((name) => names.includes(name)) ?? false);
}

function closest(looks: readonly Look[], id: string): Known {
  const asked = looks.filter(({ ids }) => !ids || ids.has(id)).map(({ reading }) => reading);
  const failed = asked.find(({ unread }) => unread)?.unread;
  if (failed) return { state: 'unread', reason: failed };
  // A closer read is the later one: what it no longer finds is gone.
  const last = asked.find(({ want }) => want.close) ?? asked[0];
  if (!last) return { state: 'not-asked' };
  const observation = Object.hasOwn(last.found, id) ? last.found[id] : undefined;
  if (observation?.unread) return { state: 'unread', reason: observation.unread };
  if (!observation) return { state: 'absent' };
  // What was read again is about what the first look found.
  const about = last.want.again ? asked.find(({ want }) => !want.again)?.found[id]?.about : undefined;
  return { state: 'seen', observation: about ? { ...observation, about } : observation };
}

function placeKey(target: Target, reader: string): string {
  return `${targetKey(target)}/${reader}`;
}

const NOT_READ: Reason = {
  code: 'not-read',
  message: 'nobody has looked there',
  advice: 'take a new snapshot with this state: the stored one was made for another, or for a share of the accounts',
};
