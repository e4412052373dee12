/** What are these cells called? */
import type { Cell } from '../model/plan.ts';
import { list, type Phrase, say, some, words } from './phrase.ts';

/** Resources whose ids people write, the same in every account and region: never left out, whatever is folded. */
const WRITTEN: ReadonlySet<string> = new Set(['security-hub-control']);

/** `security group web · sg-0abc`, `security group default` in many places, `security group × 3: cache, db, web`. */
export function subjectOf(cells: readonly Cell[]): Phrase {
  const kinds = [...new Set(cells.map(({ address }) => address.resource))].sort();
  if (kinds.length > 1) return list(kinds.map(kindOf));
  const kind = kindOf(kinds[0] ?? '');
  if (WRITTEN.has(kinds[0] ?? '')) return written(kind, cells);
  const [only] = cells;
  if (only && cells.length === 1) return named(kind, only.title === only.address.resource ? '' : only.title);
  const names = [...new Set(cells.map(nameOf))].sort();
  if (names.length > 1) return say`${kind} × ${names.length}: ${some(names.map((name) => say`${name}`))}`;
  return named(kind, names[0] ?? '');
}

/** One with its name; several by their ids, each of them, in the order of their numbers. */
function written(kind: Phrase, cells: readonly Cell[]): Phrase {
  const known = cells.map(({ address }) => address.id).filter((id) => id !== '');
  const ids = [...new Set(known)].sort((a, b) => a.localeCompare(b, 'en', NUMERIC));
  const first = cells.find(({ address }) => address.id !== '');
  if (!first) return kind;
  if (ids.length === 1) {
    const [name, id] = [nameOf(first), first.address.id];
    // Titles are cut where they are too long: the id stands beside it, not in it.
    return ['', id].includes(name) ? named(kind, id) : say`${named(kind, name)} · ${id}`;
  }
  return say`${kind} × ${ids.length}: ${list(ids.map((id) => say`${id}`))}`;
}

const NUMERIC = { numeric: true };

function named(kind: Phrase, name: string): Phrase {
  return name === '' ? kind : say`${kind} ${name}`;
}

/** Kinds are our own words, but a plan may come from a file. */
export function kindOf(resource: string): Phrase {
  const spaced = resource.replaceAll('-', ' ');
  return /^[a-z0-9 ]{1,60}$/.test(spaced) ? words(spaced) : say`${resource}`;
}

/** The title without what differs from place to place. */
function nameOf({ title, address }: Cell): string {
  const ending = ` · ${address.id}`;
  if (title === address.resource) return '';
  return address.id !== '' && title.endsWith(ending) ? title.slice(0, -ending.length) : title;
}
