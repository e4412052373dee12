/** What may stand under `from`: names of ranges, CIDRs, groups, prefix lists, and the group itself. */
import { ID_DIGITS, idPattern } from '../../model/resource-id.ts';

/** The members of `from`, by what they are. */
export type Sources = {
  readonly ranges: readonly string[];
  readonly cidrs: readonly string[];
  readonly groups: readonly string[];
  readonly lists: readonly string[];
  /** The group that has the rule. */
  readonly itself: boolean;
};

export const ITSELF = 'itself';

const ID = idPattern('sg|pl');

/** Why a member of `from` is an id that cannot be; names of ranges and CIDRs are checked where ranges are known. */
export function problemOf(text: string): string | undefined {
  if (text === 'none') return 'stands alone, beside nobody else: write from: none';
  if (!/^(?:sg|pl)-/i.test(text) || ID.test(text)) return undefined;
  return `is not the id of a ${/^sg/i.test(text) ? 'security group' : 'prefix list'}: an id has ${ID_DIGITS}`;
}

/** A name of a range, or a CIDR. */
export function isRange(text: string): boolean {
  return !isGroup(text) && !isList(text) && text !== ITSELF && problemOf(text) === undefined;
}

export function sourcesOf(from: 'none' | readonly string[]): Sources {
  const all = from === 'none' ? [] : from;
  const ranges = all.filter(isRange);
  return {
    cidrs: ranges.filter(isCidr),
    ranges: ranges.filter((text) => !isCidr(text)),
    groups: all.filter(isGroup),
    lists: all.filter(isList),
    itself: all.includes(ITSELF),
  };
}

function isCidr(text: string): boolean {
  return text.includes('/');
}

function isGroup(text: string): boolean {
  return /^sg-[0-9a-f]+$/.test(text);
}

function isList(text: string): boolean {
  return /^pl-[0-9a-f]+$/.test(text) || text.startsWith('com.amazonaws.');
}
