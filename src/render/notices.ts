/** What must be said beside the cells: changes of trust, broken limits, exceptions, accounts that were left out? */
import { byText } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import { canonical } from '../model/json.ts';
import type { Exemption, Note, Plan } from '../model/plan.ts';
import type { Skipped } from '../model/snapshot.ts';
import type { Alarm } from './alarm.ts';
import { count, list, message, type Phrase, say, some, words } from './phrase.ts';
import { type Names, nameOf, regionsOf } from './place.ts';

export type Notice = {
  readonly title: string;
  readonly meaning: string;
  readonly alarm: Alarm;
  readonly remarks: readonly Remark[];
};
export type Remark = { readonly text: Phrase; readonly at?: Phrase; readonly advice?: Phrase };

/** Long enough to renew an exception, or to prepare for its end, in the ordinary course of work. */
const SOON_DAYS = 14;

/** Above everything else: who may reach what, whether this is far more than usual, and what ends soon. */
export function noticesBefore({ notes, breaches, exemptions, names }: Plan): readonly Notice[] {
  const trust = notes.filter(isTrustChange);
  const general = notes.filter((note) => !isTrustChange(note) && !note.address);
  return present([
    {
      title: 'Trust',
      meaning: 'how accounts are reached; takes effect after the merge, not before',
      alarm: 'danger',
      remarks: trust.map(remarkOf),
    },
    {
      title: 'Limits',
      meaning: 'more than usual; applied only when this plan is approved by its digest',
      alarm: 'caution',
      // What to do about several of a kind is said once, after them.
      remarks: breaches.map(({ message: text, advice }, i) => ({
        text: message(text),
        ...(advice !== undefined && advice !== breaches[i + 1]?.advice && { advice: message(advice) }),
      })),
    },
    {
      title: 'Ending',
      meaning: 'exceptions that end within two weeks; what they spare is changed from then on',
      alarm: 'caution',
      remarks: soonest(exemptions.filter(endsSoon)).map((one) => exemptionRemark(one, names)),
    },
    {
      title: 'Notes',
      meaning: 'also to know',
      alarm: 'calm',
      remarks: [...general.map(remarkOf), ...countedRemarks(notes)],
    },
  ]);
}

/** After what would be done: what is left as it is. */
export function noticesAfter({ notes, exemptions, skipped, names }: Plan): readonly Notice[] {
  return present([
    {
      title: 'Reported',
      meaning: 'seen, and left as it is',
      alarm: 'caution',
      remarks: reportedRemarks(
        notes.filter(({ address, count: of }) => address && of === undefined),
        names,
      ),
    },
    {
      title: 'Exceptions',
      meaning: 'spared on purpose, for a time',
      alarm: 'calm',
      remarks: soonest(exemptions.filter((one) => !endsSoon(one))).map((one) => exemptionRemark(one, names)),
    },
    { title: 'Skipped', meaning: 'accounts that were not looked at', alarm: 'calm', remarks: skippedRemarks(skipped) },
  ]);
}

/** One remark for each instance and kind of thing that is remarked on it, with the fields it is about. */
function reportedRemarks(notes: readonly Note[], names: Names): readonly Remark[] {
  const keyOf = ({ code, message: text, address, at }: Note): string => canonical([address, at, code, text]);
  const placed = ({ address, title }: Note): string =>
    [address && nameOf(address.account, names), address?.account, address?.region, title].join('\n');
  const sorted = [...notes].sort(byText((note) => `${placed(note)}\n${keyOf(note)}`));
  return [...groupBy(sorted, keyOf).values()].flatMap((alike) => {
    const [first] = alike;
    if (!first?.address) return [];
    const { address, title = '', at, message: text } = first;
    const fields = alike.flatMap(({ field }) => (field === undefined ? [] : [field])).sort();
    const about = fields.length > 0 ? say` · ${some(fields.map((field) => say`${field}`))}` : [];
    const name = nameOf(address.account, names);
    const account = name === undefined ? say`${address.account}` : say`${name} ${address.account}`;
    const place = say`${account} · ${regionsOf([address.region])}`;
    return [
      { text: say`${place} · ${title}${about}: ${message(text)}`, ...(at && { at: say`${`${at.file}:${at.line}`}` }) },
    ];
  });
}

/** What is only counted is told once for the whole fleet. */
function countedRemarks(notes: readonly Note[]): readonly Remark[] {
  const counted = notes.filter((note) => note.count !== undefined);
  return [...groupBy(counted, ({ code, message: text }) => canonical([code, text]))]
    .sort(byText(([key]) => key))
    .flatMap(([, alike]) => {
      const total = alike.reduce((sum, note) => sum + (note.count ?? 0), 0);
      const text = alike[0]?.message ?? '';
      return { text: say`${total} in ${count(alike.length, ['target', 'targets'])} ${message(text)}` };
    });
}

function endsSoon({ daysLeft }: Exemption): boolean {
  return daysLeft >= 0 && daysLeft <= SOON_DAYS;
}

function soonest(exemptions: readonly Exemption[]): readonly Exemption[] {
  return [...exemptions].sort((a, b) => a.daysLeft - b.daysLeft);
}

/** Changes of connection and safety fields carry codes that begin so. */
function isTrustChange({ code }: Note): boolean {
  return code.startsWith('trust');
}

function present(notices: readonly Notice[]): readonly Notice[] {
  return notices.filter(({ remarks }) => remarks.length > 0);
}

function remarkOf({ message: text, at }: Note): Remark {
  return { text: message(text), ...(at && { at: say`${`${at.file}:${at.line}`}` }) };
}

function exemptionRemark({ exception, daysLeft, spares }: Exemption, names: Names): Remark {
  const { guardrail, owner, reason, at } = exception;
  const days = count(Math.abs(daysLeft), ['day', 'days']);
  const left = daysLeft < 0 ? say`expired ${days} ago and spares nothing` : say`${days} left`;
  const use = daysLeft >= 0 && spares === 0 ? words(', spares nothing now') : [];
  return {
    text: say`${guardrail} for ${owner}: ${left}${use} · ${scopeOf(exception, names)} · ${message(reason)}`,
    at: say`${`${at.file}:${at.line}`}`,
  };
}

/** What it spares, the widest first; of what it does not name, all. */
function scopeOf({ scope }: Exemption['exception'], names: Names): Phrase {
  const { account, region, vpc, group, control, rule, field } = scope;
  const name = account === undefined ? undefined : nameOf(account, names);
  const named = [name, account, region, vpc, group, control, rule, field].filter((part) => part !== undefined);
  return named.length === 0
    ? words('everywhere')
    : list(
        named.map((part) => say`${part}`),
        ' ',
      );
}

/** One remark for each reason; its code tells reasons apart, its message may name the account. */
function skippedRemarks(skipped: readonly Skipped[]): readonly Remark[] {
  return [...groupBy(skipped, ({ reason }) => reason.code).values()].map((accounts) => {
    const messages = [...new Set(accounts.map(({ reason }) => reason.message))].sort();
    const names = [...accounts]
      .sort(byText(({ id }) => id))
      .map(({ id, name }) => (name ? say`${name} ${id}` : say`${id}`));
    return { text: list([some(names), some(messages.map(message))], ': ') };
  });
}
