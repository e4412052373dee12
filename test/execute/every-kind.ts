/** One account in which every kind of resource has something to mend, and things beside them that nobody asked about. */
import { canonical, type Json, type JsonObject } from '../../src/model/json.ts';
import type { World } from '../../src/sandbox/server.ts';
import { dumpWorld } from '../../src/sandbox/world/dump.ts';
import { ACCOUNT, fleetYaml, REGION } from '../support/worlds.ts';

export const GROUPS = {
  web: 'sg-0aaaaaaaaaaaaaaa1',
  database: 'sg-0aaaaaaaaaaaaaaa2',
  cache: 'sg-0aaaaaaaaaaaaaaa4',
  bystander: 'sg-0aaaaaaaaaaaaaaa3',
} as const;

const STANDARDS = ['standards/aws-foundational-security-best-practices/v/1.0.0', 'standards/nist-800-53/v/5.0.0'];

export const SEED = `
regions: [${REGION}, us-east-1]
organization: { management: "${ACCOUNT}", delegated: [], units: [] }
caller: { account: "${ACCOUNT}", role: administrator, session: test, policies: [everything] }
policies:
  everything: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] }
settings: [{ publicAccessBlock: [BlockPublicAcls], encryption: false }]
securityHub:
  entries: [{ enabled: true, standards: [${STANDARDS}], disabled: { S3.1: "since 2024" } }]
accounts:
  - id: "${ACCOUNT}"
    name: every-kind
    alias: old-name
    passwordPolicy: { minimumLength: 8, maxAge: 90 }
    roles: [{ name: trueup-read, policies: [everything] }, { name: trueup-write, policies: [everything] }]
    network:
      "*":
        vpcs:
          - name: default
            default: true
            groups:
              - name: web
                id: ${GROUPS.web}
                ingress:
                  - { rule: "tcp 20-25 from 0.0.0.0/0", description: temporary, tags: { ticket: OPS-1 } }
                  - { rule: "tcp 443 from 0.0.0.0/0", description: public }
              - name: database
                id: ${GROUPS.database}
                ingress:
                  - { rule: "tcp 5432 from 10.0.0.0/8", description: applications }
                  - { rule: "tcp 5433 from 10.0.0.0/8", description: replica, tags: { ticket: OPS-2, owner: dana } }
                  - { rule: "tcp 9000 from 10.0.0.0/8", description: metrics }
                  - "udp 53 from 10.0.0.0/8"
              - { name: cache, id: ${GROUPS.cache}, ingress: ["tcp 6379 from ${GROUPS.web}"] }
              - { name: bystander, id: ${GROUPS.bystander}, ingress: ["tcp 22 from 203.0.113.7/32"] }
`;

/** One call at a time, so that the requests of a run are counted alike each time; nobody waits for a turn. */
const FLEET = fleetYaml(ACCOUNT).replace(
  '---',
  'limits: { concurrency: 1, rate: { ec2: 10000/s, iam: 10000/s, s3: 10000/s, securityhub: 10000/s, sts: 10000/s } }\n---',
);

/** Each with what it asks for; together they touch every kind of resource, and every kind of call about rules. */
const ASKED: { readonly [title: string]: string } = {
  'an encryption key': 'ebs-encryption: { encrypted: true, key: "arn:aws:kms:{region}:{account}:key/mrk-1" }',
  'a default group': 'default-security-group: { ingress: none, egress: none }',
  'two groups, one narrowed and one moved': `allowed-ingress: [{ ports: [22], from: [198.51.100.0/24, 203.0.113.0/24], otherwise: narrow }]
  security-group-rules: [{ groups: { names: [cache] }, ingress: ["tcp 6379-6380 from ${GROUPS.web}"] }]`,
  'exact rules, described and tagged': `security-group-rules:
    - groups: { names: [database] }
      ingress:
        - { rule: tcp 5432 from 10.0.0.0/16, description: applications }
        - { rule: tcp 5433 from 10.0.0.0/8, description: standby, tags: { owner: team-data } }
        - { rule: tcp 9000 from 10.0.0.0/9, description: telemetry }
        - { rule: tcp 8443 from 10.0.0.0/16, description: console, tags: { owner: team-web } }`,
  'controls of Security Hub': `security-hub-controls:
    disabled: { IAM.6: in the identity provider }
    enabled: [S3.1]
    parameters: { IAM.7: { MinimumPasswordLength: 14 } }`,
  'passwords and the alias': `password-policy: { minimumLength: 14, reusePrevention: 24 }
  account-alias: { alias: "acme-{account}" }`,
  'public access to S3': 's3-public-access: { blockPublicPolicy: true }',
};

/** Title → a whole state. */
export const STATES: ReadonlyMap<string, string> = new Map(
  Object.entries(ASKED).map(([title, guardrails]) => [
    title,
    `${FLEET}kind: Policy\nname: every-kind\ntargets: { accounts: [all] }\nguardrails:\n  ${guardrails}\n`,
  ]),
);

const ENABLED = canonical({ status: 'ENABLED', at: 0 });
const DEFAULTS = canonical({ at: 0 });

/** Of no meaning: ids of rules, and when Security Hub was told something. */
const NO_MEANING: readonly string[] = ['at', 'since', 'readyAt', 'keyWasChosen'];

/** All that AWS would show of the account, in an order of its own. What is at its default says nothing. */
export function meaningOf(world: World): Json {
  const { accounts } = dumpWorld(world);
  const { roles: _, ...account } = accounts[ACCOUNT] ?? { roles: {} };
  const text = JSON.stringify(account, (key, value: unknown) => {
    if (NO_MEANING.includes(key)) return undefined;
    if (key === 'rules') return (value as JsonObject[]).map((rule) => canonical({ ...rule, id: '' })).sort();
    if (key === 'associations' && !Array.isArray(value)) return kept(value as JsonObject, ENABLED);
    return key === 'parameters' ? kept(value as JsonObject, DEFAULTS) : value;
  });
  return JSON.parse(text);
}

function kept(entries: JsonObject, idle: string): JsonObject {
  const isTelling = ([, value]: [string, Json]): boolean => canonical({ ...(value as JsonObject), at: 0 }) !== idle;
  return Object.fromEntries(Object.entries(entries).filter(isTelling));
}
