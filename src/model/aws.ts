/** The port to AWS: what readers and the executor may ask for. `src/aws/` implements it; nothing else opens a connection. */
import type { Operation, TypedCall } from './operation.ts';
import type { Reason } from './problem.ts';

/**
 * One session at one place. It sends only the operations it was opened for: a reader's port cannot write,
 * whatever code holds it.
 */
export interface Aws {
  readonly partition: string;
  readonly account: string;
  /** The region that calls go to; for account-wide services the region they are signed for. */
  readonly region: string;
  /** How many items one call may carry where AWS states no limit; `ITEMS_PER_CALL`, unless said. */
  readonly itemsPerCall?: number;
  /** @throws Error whose `name` is the AWS error code; `UnreadError` never: classification is the caller's. */
  send<Output extends object>(call: TypedCall<Output>): Promise<Output>;
  /** The pages of a paginated call, following the operation's token until it is gone (a page may be empty). */
  pages<Output extends object>(call: TypedCall<Output>): AsyncIterable<Output>;
}

/** What batch calls take that state a limit. */
export const ITEMS_PER_CALL = 100;

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

/** A session of a role in some account. */
export type AssumeRequest = {
  readonly account: string;
  /** `global` for what an account has once. */
  readonly region: string;
  /** A name, or an ARN pattern with `{account}` and `{partition}`. */
  readonly role: string;
  readonly operations: readonly Operation[];
  /** Narrows the role to exactly this. It never grants. */
  readonly policy?: PolicyDocument | undefined;
};

/** `packedPolicySize`: how much of STS's packed limit the session policy took, in percent. */
export type Session = Aws & { readonly packedPolicySize?: number };

/** What was being done when an error came up. */
export type ErrorContext = {
  /** As in "could not …": `read the security groups`. */
  readonly doing: string;
  readonly account?: string;
  readonly region?: string;
  /** The region is the fleet's `homeRegion`: nobody meant to govern something there by that. */
  readonly home?: true;
  /** The role that was being assumed, as the fleet names it. Set only for the assuming itself. */
  readonly role?: string;
  /** The operation that was sent, e.g. `ec2:DescribeVpcs`: named when AWS does not name the missing action. */
  readonly operation?: string;
};

/** The way to AWS for one fleet: who is calling, and a session for each account. */
export interface Connection {
  readonly caller: Caller;
  readonly world: 'aws' | 'sandbox';
  /** What the person should know about where requests go, as sentences. */
  readonly notices: readonly string[];
  /** A port with the caller's own credentials. */
  own(region: string, operations: readonly Operation[]): Aws;
  /** @throws the SDK's error, unchanged but for secrets: `name` is the AWS error code. */
  assume(request: AssumeRequest): Promise<Session>;
  /** What an error of a port or of `assume` means, with advice. */
  explain(error: unknown, context: ErrorContext): Reason;
  close(): Promise<void>;
}
