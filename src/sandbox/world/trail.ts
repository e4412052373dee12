/** What was changed, by whom: as CloudTrail's event history has it, of every account and region, for as long as it runs. */

export type TrailEvent = {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly account: string;
  readonly region: string;
  /** `ec2.amazonaws.com` */
  readonly source: string;
  readonly name: string;
  /** ARN of the session that called. */
  readonly by: string;
  readonly sourceIdentity?: string;
  /** As the request had it. */
  readonly parameters: object;
  /** What was refused is in the history, too. */
  readonly error?: string;
};

/** In the record of these the parameters stand in a wrapping of their own, in which CloudTrail finds no resources. */
const WRAPPED = ['ModifySecurityGroupRules'];

export function parametersOf({ name, parameters }: TrailEvent): object {
  return WRAPPED.includes(name) ? { [`${name}Request`]: parameters } : parameters;
}

/** The names by which CloudTrail lists what an event is about: those of the things that the request names by an id. */
export function resourcesOf({ name, parameters }: TrailEvent): string[] {
  if (WRAPPED.includes(name)) return [];
  const ids = JSON.stringify(parameters).match(/"(?:sg|vpc|eni|pl)-[0-9a-f]{8,17}"/g) ?? [];
  return [...new Set(ids)].map((id) => id.slice(1, -1));
}
