/** Why the change of a centre is held, and why an account's own cell stays although a centre decides. Pure. */
import type { Reason } from '../model/problem.ts';
import type { Centre, Inventory, Target } from '../model/snapshot.ts';
import type { Exception } from '../model/state.ts';
import { isAdmitted, type Only } from './govern.ts';
import type { Agreement, Place } from './wishes.ts';

type Found = {
  readonly agreement: Agreement;
  readonly spared: readonly Spared[];
  readonly inventory: Inventory;
  readonly places: readonly Place[];
  readonly only: Only;
};

/** The first that is there counts. */
export function whyHeld(centre: Centre, { agreement, spared, inventory, places, only }: Found): (Reason | undefined)[] {
  const strangers = strangersOf(centre, inventory);
  const { unasked, differing } = agreement;
  const left = places.filter((place) => !isAdmitted(only, place));
  return [
    strangers.length > 0
      ? shared(`${some(strangers, 'account')}, which the fleet does not govern, would be changed, too`)
      : undefined,
    unasked.length > 0
      ? shared(`${whereText(unasked)} would be changed, too, and no policy of the state asks for it there`)
      : undefined,
    differing.length > 0 ? differs(`the state wants something else in ${whereText(differing)}`) : undefined,
    spared.length > 0
      ? differs(`an exception spares ${whereText(spared.map(({ place }) => place))} from it`)
      : undefined,
    left.length > 0 ? beyondOnly(whereText(left)) : undefined,
  ];
}

/** Accounts that feel it, and that the fleet does not govern. */
export function strangersOf(centre: Centre, { accounts }: Inventory): readonly string[] {
  const governed = new Set(accounts.map(({ id }) => id));
  return centre.accounts.filter((id) => !governed.has(id));
}

export type Spared = { readonly place: Place; readonly exception: Exception };

const MOST_NAMED = 5;

function some(ids: readonly string[], what: string): string {
  const named = ids.slice(0, MOST_NAMED).join(', ');
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  return `${ids.length === 1 ? what : `${what}s`} ${named}${more}`;
}

function whereText(places: readonly Target[]): string {
  const accounts = [...new Set(places.map(({ account }) => account))];
  const regions = [...new Set(places.map(({ region }) => region))];
  return `${some(accounts, 'account')} (${regions.slice(0, MOST_NAMED).join(', ')}${regions.length > MOST_NAMED ? ', …' : ''})`;
}

/** @param strangers felt there, too, in regions that nobody has looked up */
export function feltText(affects: readonly Target[], strangers: readonly string[] = []): string {
  const count = new Set(affects.map(({ account }) => account)).size;
  const felt =
    count > MOST_NAMED ? `felt in ${count} accounts: ${whereText(affects)}` : `felt in ${whereText(affects)}`;
  return strangers.length === 0 ? felt : `${felt}, and outside the fleet in ${some(strangers, 'account')}`;
}

function shared(message: string): Reason {
  return {
    code: 'central-shared',
    message,
    advice: 'give the accounts that are meant a configuration policy of their own, or take the others into the targets',
  };
}

function differs(message: string): Reason {
  return {
    code: 'central-differs',
    message: `everybody who shares the configuration policy would get the same, and ${message}`,
    advice: 'let the state say the same for all of them, or give those that differ a configuration policy of their own',
  };
}

function beyondOnly(where: string): Reason {
  return {
    code: 'central-beyond-only',
    message: `--only leaves out ${where}, which would feel it, too`,
    advice: 'plan without --only, or with everybody who shares the configuration policy',
  };
}

export function cannotSay({ id }: Centre): Reason {
  return {
    code: 'central-cannot-say',
    message: `policy ${id} decides here, and cannot say this: it knows neither single standards nor single regions`,
    advice: 'say it for all standards and regions, or release the account as self-managed',
  };
}

export function unknown({ id }: Centre, { message }: Reason): Reason {
  return { code: 'central-unknown', message: `policy ${id} decides here, and was not read: ${message}` };
}

export const NOT_THERE: Reason = {
  code: 'evidence-missing',
  message: 'the configuration policy that decides here was not read, or is gone',
  advice: 'plan again',
};
