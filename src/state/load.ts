/** Which state do these files declare? Either a checked state, or all of its problems at once. */
import { type Problem, TrueupError } from '../model/problem.ts';
import type { State } from '../model/state.ts';
import { type Budget, openBudget } from './budget.ts';
import { checkExceptions } from './check-exceptions.ts';
import { checkExpiry } from './check-expiry.ts';
import { BUILT_IN, checkNames } from './check-names.ts';
import { checkOverrideCycles } from './check-overrides.ts';
import { checkReferences } from './check-references.ts';
import type { Document, Options } from './document.ts';
import { hintRegions } from './hint-regions.ts';
import { parseYaml } from './parse-yaml.ts';
import { readDirectory, type StateFile } from './read-directory.ts';
import { readDocument } from './read-document.ts';
import { type Complaint, openSource } from './source.ts';

/**
 * @param from where the path of the directory begins, unless where the program was started
 * @throws TrueupError `invalid-state`, whose `problems` are all there are, sorted by file and line
 */
export async function loadState(directory: string, options: Options, from?: string): Promise<State> {
  const { files, problems } = await readDirectory(directory, from);
  return assemble(files, options, { directory, problems });
}

/** The same without a file system, e.g. for the files of another commit. */
export function loadDocuments(files: readonly StateFile[], options: Options): State {
  return assemble(files, options, { directory: 'state', problems: [] });
}

/** What reading the directory has found already. */
type Origin = { readonly directory: string; readonly problems: readonly Problem[] };

function assemble(files: readonly StateFile[], options: Options, origin: Origin): State {
  const sorted = [...files].sort((a, b) => compare(a.path, b.path));
  const budget = openBudget();
  const read = sorted.map((file) => readFile(file, options, budget));
  const documents = read.flatMap((file) => file.documents);
  const partial = origin.problems.length > 0 || read.some((file) => file.partial);
  const problems = [
    ...origin.problems,
    ...read.flatMap((file) => file.problems),
    ...checkNames(documents),
    ...checkReferences(documents, options.guardrails, partial),
    ...checkExceptions(documents, options.guardrails),
    ...checkOverrideCycles(documents),
    ...checkExpiry(documents, options.today),
    ...(partial ? [] : checkPresence(documents, sorted[0]?.path ?? origin.directory)),
  ];
  if (problems.length > 0) throw invalid(limitPerFile(problems.sort(byPlace)));
  return join(documents);
}

type ReadFile = {
  readonly documents: readonly Document[];
  readonly problems: readonly Problem[];
  readonly partial: boolean;
};

function readFile(file: StateFile, options: Options, budget: Budget): ReadFile {
  const source = openSource(file.path, file.text);
  const { trees, broken, problems, partial } = parseYaml(source, budget);
  const read = trees.map((tree) => readDocument(source, tree, broken, options));
  const documents = read.flatMap(({ document }) => document ?? []);
  return {
    documents,
    problems: [...problems, ...read.flatMap((document) => document.problems)],
    partial: partial || documents.length < read.length,
  };
}

function checkPresence(documents: readonly Document[], file: string): readonly Problem[] {
  if (documents.some(({ kind }) => kind === 'Fleet')) return [];
  const advice = 'write a document with "kind: Fleet" and, for a start, "accounts: self"';
  const complaint: Complaint =
    documents.length === 0
      ? { code: 'no-state', message: 'the state is empty: no .yaml or .yml file has a document', advice }
      : { code: 'no-fleet', message: 'no document of kind Fleet says which accounts there are', advice };
  return [{ ...complaint, at: { file, line: 1, column: 1 } }];
}

function join(documents: readonly Document[]): State {
  const hints = hintRegions(documents);
  const ranges = documents.flatMap((document) =>
    document.kind === 'Ranges' ? Object.entries(document.value ?? {}) : [],
  );
  return {
    fleets: documents.flatMap((document) => (document.kind === 'Fleet' ? (document.value ?? []) : [])),
    ranges: { ...BUILT_IN, ...Object.fromEntries(ranges) },
    policies: documents.flatMap((document) => (document.kind === 'Policy' ? (document.value ?? []) : [])),
    exceptions: documents.flatMap((document) => (document.kind === 'Exceptions' ? (document.value ?? []) : [])),
    ...(hints.length > 0 && { hints }),
  };
}

function byPlace({ at: a }: Problem, { at: b }: Problem): number {
  return compare(a.file, b.file) || a.line - b.line || a.column - b.column;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const MOST_PER_FILE = 200;

/** A file that is broken throughout would bury the problems of all others. */
function limitPerFile(problems: readonly Problem[]): readonly Problem[] {
  const counts = new Map<string, number>();
  for (const { at } of problems) counts.set(at.file, (counts.get(at.file) ?? 0) + 1);
  const listed = new Map<string, number>();
  return problems.flatMap((problem) => {
    const index = listed.get(problem.at.file) ?? 0;
    listed.set(problem.at.file, index + 1);
    if (index > MOST_PER_FILE) return [];
    return index < MOST_PER_FILE ? problem : andMore(problem, (counts.get(problem.at.file) ?? 0) - MOST_PER_FILE);
  });
}

function andMore({ at }: Problem, count: number): Problem {
  const message = `from here on, ${count} more problem${count === 1 ? '' : 's'} in this file`;
  return { code: 'too-many-problems', message, advice: 'mend the ones above first', at };
}

function invalid(problems: readonly Problem[]): TrueupError {
  const files = new Set(problems.map(({ at }) => at.file)).size;
  const count = `${problems.length} problem${problems.length === 1 ? '' : 's'} in ${files} file${files === 1 ? '' : 's'}`;
  return new TrueupError(
    {
      code: 'invalid-state',
      message: `the state has ${count}`,
      advice: 'nothing was read or changed; mend the state and run again',
    },
    { problems },
  );
}
