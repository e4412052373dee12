/** What loading refuses, as one text: each problem as `message. advice`. */
import { TrueupError } from '../../src/model/problem.ts';

export function refusalsOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (!(error instanceof TrueupError)) throw error;
    return error.problems.map(({ message, advice }) => `${message}. ${advice}`).join('\n');
  }
  return '';
}
