/** Which cells are told as one, and in which order do they stand? The most dangerous first, then the widest. */
import { addressKey, byText } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import { canonical } from '../model/json.ts';
import type { Target } from '../model/snapshot.ts';
import { type Item, itemOf, meaningOf } from './item.ts';
import { write } from './phrase.ts';
import { type Names, type Place, placeOf } from './place.ts';
import type { Entry } from './why.ts';

/** Items that stand at the same place: the same account and regions, or the same accounts × regions. */
export type Group = { readonly place: Place; readonly items: readonly Item[] };

export function fold(entries: readonly Entry[], names: Names): readonly Group[] {
  const sorted = [...entries].sort(byText(({ cell }) => `${cell.address.fleet}/${addressKey(cell.address)}`));
  const alike = [...groupBy(sorted, meaningOf).values()].flatMap(([first, ...others]) =>
    first ? [{ targets: targetsOf([first, ...others]), item: itemOf([first, ...others]) }] : [],
  );
  const groups = [...groupBy(alike, ({ targets }) => canonical(targets)).values()].map((members) => ({
    place: placeOf(members[0]?.targets ?? [], names),
    items: members.map(({ item }) => item).sort(byDanger),
  }));
  return inOrder(groups);
}

/** As they stand in addresses, so that equal sets are equal texts. */
function targetsOf(entries: readonly Entry[]): readonly Target[] {
  const keys = new Set(entries.map(({ cell }) => canonical([cell.address.account, cell.address.region])));
  return [...keys].sort().map((key) => {
    const [account, region] = JSON.parse(key) as [string, string];
    return { account, region };
  });
}

/** An account's groups stay together, where its worst one stands; what spans accounts comes before single ones. */
function inOrder(groups: readonly Group[]): readonly Group[] {
  const owners = [...groupBy(groups, ownerOf)].map(([owner, owned]) => ({
    owner,
    owned: [...owned].sort((a, b) => worst(b) - worst(a) || b.place.targets - a.place.targets || byPlace(a, b)),
    danger: Math.max(...owned.map(worst)),
    span: owner === '' ? 1 : 0,
  }));
  return owners
    .sort((a, b) => b.danger - a.danger || b.span - a.span || byText<typeof a>(({ owner }) => owner)(a, b))
    .flatMap(({ owned }) => owned);
}

function ownerOf({ place }: Group): string {
  return place.only ? `${place.only.name ?? ''}\n${place.only.id}` : '';
}

function worst({ items }: Group): number {
  return items.reduce((danger, item) => Math.max(danger, item.danger), 0);
}

const byPlace = byText<Group>(({ place }) => write(place.size, String) + canonical(place.accounts));

function byDanger(a: Item, b: Item): number {
  return b.danger - a.danger || b.cells - a.cells || byText<Item>(({ subject }) => write(subject, String))(a, b);
}
