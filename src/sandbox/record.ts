/** What was asked of the sandbox, by whom, and how it ended. */
import type { Fields } from './wire/fields.ts';

export type RecordedRequest = {
  /** ISO 8601, UTC, by the sandbox's clock. */
  readonly at: string;
  readonly service: string;
  readonly action: string;
  /** The account of the session that signed. */
  readonly account: string;
  readonly region: string;
  /** As it stood on the wire, under the wire's names. */
  readonly input: Fields;
  readonly session: {
    readonly role: string;
    readonly name: string;
    /** The session policy's text, for a session that was narrowed. */
    readonly policy?: string;
    readonly sourceIdentity?: string;
  };
  /** `ok`, an error code, `dropped`, or `…, answer dropped`. */
  readonly outcome: string;
  /** 0 if nothing was executed. */
  readonly status: number;
};
