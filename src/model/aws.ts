/** The port to AWS: what readers and the executor may ask for. `src/aws/` implements it; nothing else opens a connection. */
import type { TypedCall } from './operation.ts';

/**
 * One session at one place. It sends only the operations it was opened for: a reader's port cannot write,
 * whatever code holds it.
 */
export interface Aws {
  readonly partition: string;
  readonly account: string;
  /** The region that calls go to; for account-wide services the region they are signed for. */
  readonly region: string;
  /** @throws Error whose `name` is the AWS error code; `UnreadError` never: classification is the caller's. */
  send<Output extends object>(call: TypedCall<Output>): Promise<Output>;
  /** The pages of a paginated call, following the operation's token until it is gone (a page may be empty). */
  pages<Output extends object>(call: TypedCall<Output>): AsyncIterable<Output>;
}

/** Who runs Trueup, as STS answers. */
export type Caller = { readonly account: string; readonly arn: string; readonly partition: string };

/** An IAM policy document in the subset that Trueup writes. */
export type PolicyDocument = { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] };
export type Statement = {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: readonly string[] } };
};
