/** Two accounts and two regions that look the same, ids included: whatever goes astray finds something to hit. */
import type { Call, Operation } from '../../src/model/operation.ts';
import { readers, resources } from '../../src/resources/index.ts';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const REGION = 'eu-west-1';
export const OTHER_REGION = 'us-east-1';
export const WEB = 'sg-0aaaaaaaaaaaaaaa1';
export const DATABASE = 'sg-0aaaaaaaaaaaaaaa2';
export const DATABASE_RULE = 'sgr-0aaaaaaaaaaaaaaa9';
export const VPC = 'vpc-0aaaaaaaaaaaaaaa3';

/** The roles may do everything: what stops a call here is the session policy and nothing else. */
export const SEED = `
regions: [${REGION}, ${OTHER_REGION}]
organization: { management: "${ACCOUNT}", delegated: [], units: [] }
caller: { account: "${ACCOUNT}", role: hub, session: test, policies: [everything] }
policies:
  everything: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] }
trueup:
  roles: [{ name: trueup-read, policies: [everything] }, { name: trueup-write, policies: [everything] }]
templates:
  open:
    trueup: true
    passwordPolicy: { minimumLength: 8 }
    network:
      "*":
        vpcs:
          - name: default
            id: ${VPC}
            default: true
            groups:
              - name: web
                id: ${WEB}
                ingress:
                  - { rule: "tcp 20-25 from 0.0.0.0/0", tags: { ticket: OPS-1 } }
                  - "tcp 443 from 0.0.0.0/0"
              - name: database
                id: ${DATABASE}
                tags: { tier: data }
                ingress: [{ rule: "tcp 22 from 0.0.0.0/0", id: ${DATABASE_RULE} }]
accounts:
  - { id: "${ACCOUNT}", name: first, like: open }
  - { id: "${OTHER_ACCOUNT}", name: second, like: open }
`;

export function stateYaml(more = ''): string {
  return `
kind: Fleet
accounts: [{ id: "${ACCOUNT}", name: first }, { id: "${OTHER_ACCOUNT}", name: second }]
role: { read: trueup-read, write: trueup-write }
regions: [${REGION}, ${OTHER_REGION}]
${more}
---
kind: Policy
name: baseline
targets: { accounts: [all] }
guardrails:
  default-security-group: { ingress: none, egress: none }
  allowed-ingress: [{ ports: [22], from: [198.51.100.0/24, 203.0.113.0/24], otherwise: narrow }]
  password-policy: { minimumLength: 14 }
`;
}

/** Everything that any resource can send: a session that was opened with it relies on AWS alone to refuse. */
export const EVERY_OPERATION: readonly Operation[] = [
  ...readers.flatMap(({ reads }) => reads),
  ...resources.flatMap(({ writes }) => writes),
];

const WRITES = new Set(resources.flatMap(({ writes }) => writes.map(({ id }) => id)));

export function isWrite({ operation }: Pick<Call, 'operation'>): boolean {
  return WRITES.has(operation);
}
