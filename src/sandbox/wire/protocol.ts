/** What a wire protocol must know: how a request is read, and how an answer and a refusal are written. */
import type { Refusal } from '../errors.ts';
import type { Fields } from './fields.ts';

export type WireRequest = {
  readonly method: string;
  /** Path and query string as they stood in the request line. */
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: Buffer;
};

export type WireAnswer = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
};

/** A code on the wire and the HTTP status that goes with it. */
export type Code = readonly [code: string, status: number];

export type Failure = { readonly code: string; readonly status: number; readonly message: string };

export interface Protocol {
  read(request: WireRequest): { readonly action: string; readonly input: Fields };
  answer(action: string, output: object, requestId: string): WireAnswer;
  fail(failure: Failure, requestId: string): WireAnswer;
  readonly refusals: { readonly [refusal in Refusal]: Code };
}
