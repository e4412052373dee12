/** Security Hub in one account and region, as far as it differs from AWS's own defaults. */

export type Association = { readonly status: string; readonly reason?: string; readonly at: number };

/** A standard that is switched on; until then it is PENDING, and its controls can be neither read nor changed. */
export type Subscription = { readonly readyAt: number };

export type Hub = {
  /** When it was switched on, by the sandbox's clock; undefined while it is off. */
  since: number | undefined;
  autoEnable: boolean;
  generator: string;
  /** Standard, as the end of its ARN → subscription. */
  readonly subscriptions: Map<string, Subscription>;
  /** `control standard` → what somebody has set; all others are enabled. */
  readonly associations: Map<string, Association>;
  /** Control → name → value, for parameters that are not at their default. */
  readonly parameters: Map<string, { readonly [name: string]: unknown }>;
  /** Control → the error code with which updates of it stay unprocessed, although the call succeeds. */
  readonly unprocessed: Map<string, string>;
  /** Whether the delegated administrator decides here. */
  central: boolean;
  /** The version of the configuration policy that it was last made like. */
  follows?: string;
  /** How long a new standard is not ready. */
  readonly settleMs: number;
};
