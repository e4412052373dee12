/** Mistakes of the state that show only while planning: all at once, each of them once. */
import { type Problem, TrueupError } from '../model/problem.ts';

/** Contradictions are found target by target; a person wants to see each of them once, and all at once. */
export function collectProblems<Item, Result>(items: readonly Item[], work: (item: Item) => Result): Result[] {
  const problems = new Map<string, Problem>();
  const results = items.flatMap((item) => {
    try {
      return [work(item)];
    } catch (error) {
      if (!(error instanceof TrueupError) || error.problems.length === 0) throw error;
      for (const problem of error.problems)
        problems.set(`${problem.at.file}:${problem.at.line}:${problem.message}`, problem);
      return [];
    }
  });
  const [first] = problems.values();
  if (first) throw new TrueupError(first, { problems: [...problems.values()] });
  return results;
}
