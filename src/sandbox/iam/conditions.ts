/**
 * Is the condition of a statement met?
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { globPattern, resourceMatcher } from './match.ts';

/** The context of a request: lower-case key → values. A key that is not there is absent. */
export type Keys = ReadonlyMap<string, readonly string[]>;
export type Condition = (keys: Keys) => boolean;

type Compare = (wanted: string) => (found: string) => boolean;

const equals: Compare = (wanted) => (found) => found === wanted;
const equalsIgnoringCase: Compare = (wanted) => (found) => found.toLowerCase() === wanted.toLowerCase();
const like: Compare = (wanted) => {
  const pattern = globPattern(wanted);
  return (found) => pattern.test(found);
};
const arn: Compare = (wanted) => {
  const matches = resourceMatcher(wanted);
  return (found) => found.split(':').length >= 6 && matches(found);
};
const numeric =
  (test: (found: number, wanted: number) => boolean): Compare =>
  (wanted) =>
  (found) =>
    test(Number(found), Number(wanted));

const POSITIVE: { readonly [operator: string]: Compare } = {
  stringequals: equals,
  stringequalsignorecase: equalsIgnoringCase,
  stringlike: like,
  arnequals: arn,
  arnlike: arn,
  bool: equalsIgnoringCase,
  numericequals: numeric((found, wanted) => found === wanted),
  numericlessthan: numeric((found, wanted) => found < wanted),
  numericlessthanequals: numeric((found, wanted) => found <= wanted),
  numericgreaterthan: numeric((found, wanted) => found > wanted),
  numericgreaterthanequals: numeric((found, wanted) => found >= wanted),
};
const NEGATED: { readonly [operator: string]: Compare } = {
  stringnotequals: equals,
  stringnotequalsignorecase: equalsIgnoringCase,
  stringnotlike: like,
  arnnotequals: arn,
  arnnotlike: arn,
  numericnotequals: numeric((found, wanted) => found === wanted),
};

/** @throws Error for an operator that the sandbox does not know: silence would grant or deny by accident. */
export function compileCondition(operator: string, key: string, wanted: readonly string[]): Condition {
  const parts = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/i.exec(operator);
  const [, quantifier = '', name = '', ifExists] = parts ?? [];
  const field = key.toLowerCase();
  if (name.toLowerCase() === 'null') return compileNull(field, wanted);
  const positive = POSITIVE[name.toLowerCase()];
  const negated = NEGATED[name.toLowerCase()];
  const compare = positive ?? negated;
  if (!compare) throw new Error(`Invalid Condition type : ${operator}.`);

  const tests = wanted.map(compare);
  const matchesOne = (found: string) => tests.some((test) => test(found)) === (positive !== undefined);
  return (keys) => judge(keys.get(field), matchesOne, { quantifier, absent: ifExists !== undefined || !positive });
}

type Mode = { readonly quantifier: string; readonly absent: boolean };

/** An absent key never matches, unless the operator is negated or says IfExists; ForAllValues is content with nothing. */
function judge(found: readonly string[] | undefined, matches: (value: string) => boolean, mode: Mode): boolean {
  const quantifier = mode.quantifier.toLowerCase();
  const values = found ?? [];
  if (quantifier === 'forallvalues') return values.every(matches);
  if (quantifier === 'foranyvalue') return values.some(matches);
  return values.length === 0 ? mode.absent : values.every(matches);
}

function compileNull(field: string, wanted: readonly string[]): Condition {
  const absentWanted = wanted.some((value) => value.toLowerCase() === 'true');
  return (keys) => ((keys.get(field)?.length ?? 0) === 0) === absentWanted;
}
