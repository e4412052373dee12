/** What may the log say of an error? It may name accounts and roles: where only numbers are published, only which it was. */
import { LockedError } from '../../journal/locked.ts';
import { TrueupError } from '../../model/problem.ts';
import { isRunHere } from '../lock.ts';
import { tellError } from '../tell-error.ts';
import type { Desk } from './desk.ts';

export function errorText(error: unknown, { publication, io }: Pick<Desk, 'publication' | 'io'>): string {
  const known = error instanceof TrueupError ? error : undefined;
  // Mistakes in the state stand in the repository itself.
  if (publication === 'full' || (known?.problems.length ?? 0) > 0) return tellError(error);
  const why = `error: ${known?.code ?? 'defect'} (only numbers are published; "publish: full" shows more)`;
  return known instanceof LockedError ? `${why}\n  ${ownerText(known, io)}` : why;
}

/** Without the owner nobody could take its lock away. */
function ownerText({ owner }: LockedError, { env }: Pick<Desk['io'], 'env'>): string {
  return isRunHere(owner, env)
    ? `the lock is held by ${owner}; if that run is dead, run this workflow again with it as "break-lock"`
    : 'the lock is held by a process outside of the runs of this repository; the lock in the bucket of the journal names it';
}
