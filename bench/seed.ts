/** An organisation of any size: nine groups in each account and region, of which one may have to be narrowed. */

/** How large a fleet is measured. */
export type Size = {
  readonly accounts: number;
  readonly regions: number;
  readonly latencyMs: number;
  /** Every how many accounts one has something to change, which costs closer looks that the bare loop does not take. */
  readonly changing?: number;
};

const HUB = '999988887777';
const FIRST = 100_000_000_000;

const REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ca-central-1',
  'sa-east-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eu-central-1',
  'eu-north-1',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
];

export function regionsOf(count: number): readonly string[] {
  return REGIONS.slice(0, count);
}

export function accountsOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => String(FIRST + n));
}

const GROUPS = Array.from(
  { length: 7 },
  (_, n) => `{ name: app-${n}, ingress: ["tcp 443 from 10.${n}.0.0/16", "tcp 8080 from 10.${n}.1.0/24"] }`,
);

export function fleetSeed({ accounts, regions, changing }: Omit<Size, 'latencyMs'>): string {
  const open = changing ? Math.ceil(accounts / changing) : 0;
  const some = (first: number, copies: number, like: string): string =>
    copies > 0 ? `  - { id: "${FIRST + first}", name: "${like}-{n}", copies: ${copies}, like: ${like} }\n` : '';
  return `
regions: [${regionsOf(regions).join(', ')}]
organization: { management: "${HUB}", delegated: [], units: [] }
caller: { account: "${HUB}", role: trueup-hub, session: bench, policies: [everything] }
trueup: { roles: [{ name: trueup-read, policies: [everything] }] }
policies: { everything: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] } }
templates:
  open: ${templateOf('0.0.0.0/0')}
  quiet: ${templateOf('198.51.100.0/24')}
accounts:
  - { id: "${HUB}", name: hub }
${some(0, open, 'open')}${some(open, accounts - open, 'quiet')}`;
}

function templateOf(administrators: string): string {
  const web = `{ name: web, ingress: ["tcp 22 from ${administrators}"] }`;
  const vpc = `{ name: default, default: true, groups: [${web}, ${GROUPS.join(', ')}] }`;
  return `{ trueup: true, network: { "*": { vpcs: [${vpc}] } } }`;
}

export function fleetState(regions: number): string {
  return `
kind: Fleet
accounts: organization
exclude: ["${HUB}"]
role: { read: trueup-read }
regions: [${regionsOf(regions).join(', ')}]
homeRegion: ${REGIONS[0]}
---
kind: Policy
name: baseline
targets: { accounts: [all] }
guardrails:
  allowed-ingress: [{ ports: [22], from: [198.51.100.0/24], otherwise: narrow }]
  password-policy: { minimumLength: 14 }
`;
}
