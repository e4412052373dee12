/** In which regions is an account governed? Pure: what is enabled there is passed in. */

import { globMatches } from '../model/glob.ts';
import type { Regions } from '../model/state.ts';

/** The regions a fleet names outright, or undefined if each account has to be asked which are enabled. */
export function namedRegions(regions: Regions): readonly string[] | undefined {
  if (regions === 'enabled') return undefined;
  const { include, exclude } = bounds(regions);
  if (!include || include.some((pattern) => /[*?]/.test(pattern))) return undefined;
  return unique(include).filter((region) => !matchesAny(exclude, region));
}

/** Of the enabled regions of an account, those the fleet means. */
export function chooseRegions(regions: Regions, enabled: readonly string[]): readonly string[] {
  const { include, exclude } = bounds(regions);
  return unique(enabled).filter((region) => (!include || matchesAny(include, region)) && !matchesAny(exclude, region));
}

function bounds(regions: Regions): {
  readonly include?: readonly string[] | undefined;
  readonly exclude: readonly string[];
} {
  if (regions === 'enabled') return { exclude: [] };
  if (isList(regions)) return { include: regions, exclude: [] };
  return { include: regions.include, exclude: regions.exclude ?? [] };
}

function isList(regions: Exclude<Regions, 'enabled'>): regions is readonly string[] {
  return Array.isArray(regions);
}

function matchesAny(patterns: readonly string[], region: string): boolean {
  return patterns.some((pattern) => globMatches(pattern, region));
}

function unique(regions: readonly string[]): string[] {
  return [...new Set(regions)].sort();
}
