/** A small organisation: two accounts with two groups each that need mending. Quick to plan and apply. */
export const FIRST = '111122223333';
export const SECOND = '444455556666';
export const HUB = '999988887777';

export const SMALL_SEED = `
regions: [eu-west-1]
organization: { management: "${HUB}", delegated: [], units: [] }
caller: { account: "${HUB}", role: trueup-hub, session: test, policies: [hub] }
trueup:
  externalId: trueup-demo
  roles:
    - { name: trueup-read, policies: [read] }
    - { name: trueup-write, policies: [read, write] }
policies:
  hub: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: ["sts:AssumeRole", "organizations:*"], Resource: "*" }] }
  read: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: ["ec2:Describe*", "ec2:Get*", "iam:Get*"], Resource: "*" }] }
  write:
    Version: "2012-10-17"
    Statement: [{ Effect: Allow, Action: ["ec2:*", "iam:*AccountPasswordPolicy"], Resource: "*" }]
templates:
  open:
    trueup: true
    network:
      "*":
        vpcs:
          - name: default
            default: true
            groups:
              - name: web
                ingress:
                  - { rule: "tcp 22 from 0.0.0.0/0", description: temporary, tags: { ticket: OPS-1 } }
                  - "tcp 443 from 0.0.0.0/0"
accounts:
  - { id: "${HUB}", name: hub }
  - { id: "${FIRST}", name: first, like: open }
  - { id: "${SECOND}", name: second, like: open }
`;

export const FLEET = `kind: Fleet
accounts:
  - { id: "${FIRST}", name: first }
  - { id: "${SECOND}", name: second }
homeRegion: eu-west-1
regions: [eu-west-1]
role: { read: trueup-read, write: trueup-write }
externalId: \${env:TRUEUP_EXTERNAL_ID}
`;

export const POLICY = `kind: Policy
name: baseline
targets: { accounts: [all] }
guardrails:
  default-security-group: { ingress: none, egress: none }
  allowed-ingress:
    - { ports: [22], from: [198.51.100.0/24, 203.0.113.0/24], otherwise: narrow }
  password-policy: { minimumLength: 14 }
`;

export const STATE = { 'state/fleet.yaml': FLEET, 'state/baseline.yaml': POLICY };
