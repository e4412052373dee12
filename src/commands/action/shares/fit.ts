/** Do parts belong together, and are they all there? Each that does not is named, and why. Pure. */
import { groupBy } from '../../../model/group-by.ts';
import { TrueupError } from '../../../model/problem.ts';
import { nameOf, type Origin, ofKind, type Part, type PlanPart } from './part.ts';

const FIELDS: { readonly [field in keyof Origin]: (theirs: string, ours: string) => string } = {
  repository: () => 'is of another repository',
  run: (theirs, ours) => `is of run ${theirs}, and this is run ${ours}`,
  commit: (theirs, ours) => `was made at commit ${theirs.slice(0, 12)}, and this is ${ours.slice(0, 12)}`,
  head: (theirs, ours) => `is for head ${theirs.slice(0, 12)}, and this is for ${ours.slice(0, 12)}`,
  tree: () => 'was made from another tree than the one that is checked out',
  state: (theirs, ours) => `is for the state in ${theirs}, and this is for ${ours}`,
  slug: () => 'is for another fleet',
};

/** How a part differs from one that would be made here, in words that follow its name. */
export function misfitsOf({ origin }: Pick<Part, 'origin'>, here: Origin): string[] {
  const fields = Object.keys(FIELDS) as (keyof Origin)[];
  return fields
    .filter((field) => origin[field] !== here[field])
    .map((field) => FIELDS[field](String(origin[field]), String(here[field])));
}

/**
 * All shares, each once, made here from the same list of accounts.
 *
 * @throws TrueupError `shares-do-not-fit` naming every one that is missing, doubled, failed, or made from something else.
 */
export function wholeOf(parts: readonly Part[], here: Origin, list: string): readonly Part<PlanPart>[] {
  const plans = ofKind(parts, 'plan');
  const failed = ofKind(parts, 'failed').flatMap(({ share: of, ...rest }) => (of ? { share: of, ...rest } : []));
  const seen = groupBy([...plans, ...failed], ({ share: { index } }) => index);
  const of = [...plans, ...failed][0]?.share.of ?? 0;
  const all = Array.from({ length: of }, (_, index) => ({ index: index + 1, of }));
  const faults = [
    ...(of === 0 ? ['none of them is there'] : []),
    ...all.filter(({ index }) => !seen.has(index)).map((one) => `${nameOf(one)} is missing`),
    ...[...seen].filter(([, some]) => some.length > 1).map(([index]) => `${nameOf({ index, of })} is there twice`),
    ...failed.map((one) => `${nameOf(one.share)} failed: ${one.reason.message} (${one.reason.code})`),
    ...plans.filter((one) => one.share.of !== of).map((one) => `${nameOf(one.share)} is of another division`),
    ...plans.flatMap((one) => misfitsOf(one, here).map((how) => `${nameOf(one.share)} ${how}`)),
    ...plans
      .filter((one) => one.list !== list)
      .map((one) => `${nameOf(one.share)} was planned from another list of accounts, as an earlier attempt has it`),
  ];
  if (faults.length === 0) return plans;
  throw doNotFit(faults);
}

export function doNotFit(faults: readonly string[]): TrueupError {
  return new TrueupError({
    code: 'shares-do-not-fit',
    message: `the shares do not make a whole: ${faults.join('; ')}`,
    advice: 'look at the job of that share, and run the failed jobs again',
  });
}
