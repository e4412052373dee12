/** What a service answers when it refuses: an error code as it stands on the wire, its HTTP status and a message. */

export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/**
 * Refusals that come before any service looks at the request. Every protocol has codes of its own for them,
 * so they travel as a reason until the protocol gives them a name.
 */
export type Refusal =
  | 'unsigned'
  | 'unknown-key'
  | 'bad-signature'
  | 'stale-signature'
  | 'expired-session'
  | 'disabled-region'
  | 'throttled'
  | 'denied'
  | 'unknown-action'
  | 'internal';

export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}
