/** One thing in which a deployed role differs from what it should be. */

export type Difference = {
  /** `missing`: something will be refused. `beyond`: more than the state needs. `unknown`: it could not be compared. */
  readonly kind: 'missing' | 'beyond' | 'unknown';
  readonly what: string;
};
