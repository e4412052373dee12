/** Somebody else holds the lock. Its owner stands apart: whoever may not be told more may still have to name it. */
import { type Reason, TrueupError } from '../model/problem.ts';

export class LockedError extends TrueupError {
  readonly owner: string;

  constructor(owner: string, reason: Reason) {
    super(reason);
    this.owner = owner;
  }
}
