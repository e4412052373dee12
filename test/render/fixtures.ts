/** One realistic plan: six accounts in three regions, some of everything that a person should see. */

import { canonicalRule, ruleName } from '../../src/ingress/rule.ts';
import type { Cause } from '../../src/model/guardrail.ts';
import type { Cell, Evidence, Plan, TargetSummary } from '../../src/model/plan.ts';
import type { Reason } from '../../src/model/problem.ts';
import type { Value } from '../../src/model/resource.ts';
import type { Rule, Rules } from '../../src/model/rule.ts';
import type { Stamp } from '../../src/model/snapshot.ts';
import { digestOf, rootDigest } from '../../src/plan/digest.ts';
import { resources } from '../../src/resources/index.ts';

export const stamp: Stamp = {
  world: 'sandbox',
  fleet: 'acme',
  partition: 'aws',
  caller: 'arn:aws:iam::111111111111:user/ada',
  by: '0.1.0',
};

export const names: { readonly [id: string]: string } = {
  '111111111111': 'management',
  '222222222222': 'prod-web',
  '333333333333': 'prod-data',
  '444444444444': 'staging',
  '555555555555': 'sandbox-ada',
  '666666666666': 'legacy',
};
const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1'];

export function rule(
  protocol: string,
  ports: readonly [number, number] | undefined,
  cidr: string,
  description = '',
): Rule {
  const family = cidr.includes(':') ? 'ipv6' : 'ipv4';
  return canonicalRule({
    direction: 'ingress',
    protocol,
    ...(ports && { from: ports[0], to: ports[1] }),
    peer: cidr.startsWith('sg-') ? { kind: 'group', id: cidr } : { kind: family, cidr },
    description,
  });
}

export function egress(cidr: string): Rule {
  return canonicalRule({ direction: 'egress', protocol: '-1', peer: { kind: 'ipv4', cidr } });
}

export function rules(...all: readonly Rule[]): Rules {
  return Object.fromEntries(all.map((one) => [ruleName(one), one]));
}

export function cause(guardrail: string, line: number, policy = 'baseline'): Cause {
  return { policy, guardrail, at: { file: `state/${policy}.yaml`, line, column: 3 } };
}

type Draft = {
  readonly account: string;
  readonly region: string;
  readonly resource: string;
  readonly id?: string;
  readonly title?: string;
  readonly before: Value;
  readonly after: Value;
  readonly causes?: readonly Cause[];
  readonly held?: Reason;
  readonly evidence?: readonly Evidence[];
  readonly lost?: readonly string[];
};

/** A cell with the steps that the resource itself plans. */
export function cell({ account, region, resource, id = '', title, before, after, ...more }: Draft): Cell {
  const address = { fleet: stamp.fleet, account, region, resource, id };
  const kind = resources.find(({ name }) => name === resource);
  const bare = kind?.transition(before, after, id) ?? [];
  const steps = kind?.weigh?.(before, after, bare, { look: () => undefined }) ?? bare;
  return {
    address,
    title: [title, id].filter(Boolean).join(' · ') || resource,
    outcome: more.held ? 'held' : 'change',
    ...(more.held && { reason: more.held }),
    before,
    after,
    steps,
    causes: more.causes ?? [],
    inputs: {},
    evidence: more.evidence ?? [],
    lost: more.lost ?? [],
    digest: digestOf(stamp, { address, before, after, steps, inputs: {} }),
  };
}

export function unread(account: string, region: string, resource: string, reason: Reason): Cell {
  const address = { fleet: stamp.fleet, account, region, resource, id: '' };
  const nothing = { before: {}, after: {}, steps: [], causes: [], inputs: {}, evidence: [], lost: [], digest: '' };
  return { address, title: resource, outcome: 'unread', reason, ...nothing };
}

export function plan(cells: readonly Cell[], more: Partial<Plan> = {}): Plan {
  return {
    format: 'trueup-plan/1',
    stamp,
    cells,
    targets: [],
    names,
    skipped: [],
    exemptions: [],
    notes: [],
    breaches: [],
    digest: rootDigest(stamp, cells),
    ...more,
  };
}

const PASSWORDS = {
  minimumLength: 8,
  requireLowercase: true,
  requireUppercase: true,
  requireNumbers: true,
  requireSymbols: false,
  usersMayChange: true,
  maxAge: 90,
  reusePrevention: 5,
  hardExpiry: false,
} as const;

const inUse: Evidence = {
  reader: 'security-group-use',
  users: ['eni-0a11', 'eni-0b22'],
  sentence: 'used by 2 interfaces: i-0a11f00d (billing-1), eni-0b22 (RDSNetworkInterface)',
};

function defaultGroups(): readonly Cell[] {
  return ['222222222222', '333333333333', '444444444444', '555555555555'].flatMap((account, a) =>
    REGIONS.filter((region) => !(account === '333333333333' && region === 'eu-west-1')).map((region, r) => {
      const id = `sg-0de${a}${r}`;
      const before = rules(rule('-1', undefined, id), egress('0.0.0.0/0'));
      const causes = [cause('default-security-group', 6)];
      return cell({ account, region, resource: 'security-group', id, title: 'default', before, after: {}, causes });
    }),
  );
}

function passwords(account: string): Cell {
  const after = { ...PASSWORDS, minimumLength: 14, requireSymbols: true, maxAge: 'never', reusePrevention: 24 };
  const causes = [cause('password-policy', 12)];
  return cell({ account, region: 'global', resource: 'password-policy', before: PASSWORDS, after, causes });
}

const web = cell({
  account: '222222222222',
  region: 'eu-west-1',
  resource: 'security-group',
  id: 'sg-0web11',
  title: 'web',
  before: rules(
    rule('tcp', [22, 22], '0.0.0.0/0', 'temporary, remove after migration'),
    rule('tcp', [22, 22], '::/0'),
    rule('tcp', [80, 80], '0.0.0.0/0', 'redirects'),
    rule('tcp', [443, 443], '0.0.0.0/0', 'public'),
    rule('tcp', [9100, 9100], '10.0.0.0/8', 'metrics'),
  ),
  after: rules(
    rule('tcp', [22, 22], '198.51.100.0/24', 'temporary, remove after migration'),
    rule('tcp', [80, 80], '0.0.0.0/0', 'redirects'),
    rule('tcp', [443, 443], '0.0.0.0/0', 'public'),
    rule('tcp', [9100, 9100], '10.0.0.0/8', 'metrics'),
  ),
  causes: [cause('allowed-ingress', 8)],
  evidence: [
    {
      ...inUse,
      sentence: 'used by 2 interfaces: i-0c33 (web-1), i-0d44 (web-2)',
      whom: '2 interfaces: i-0c33 (web-1), i-0d44 (web-2)',
    },
  ],
});

const bastion = cell({
  account: '333333333333',
  region: 'us-east-1',
  resource: 'security-group',
  id: 'sg-0bas71',
  title: 'bastion',
  before: rules(rule('tcp', [22, 22], '198.51.100.0/24', 'office')),
  after: rules(rule('tcp', [22, 22], '198.51.100.0/24', 'office'), rule('tcp', [3389, 3389], '0.0.0.0/0', 'vendor')),
  causes: [cause('security-group-rules', 4, 'vendor')],
});

const heldDefault = cell({
  account: '333333333333',
  region: 'eu-west-1',
  resource: 'security-group',
  id: 'sg-0de99',
  title: 'default',
  before: rules(rule('-1', undefined, 'sg-0de99'), rule('tcp', [5432, 5432], '10.20.0.0/16', 'reporting')),
  after: {},
  causes: [cause('default-security-group', 6)],
  evidence: [inUse],
  held: {
    code: 'in-use',
    message: inUse.sentence,
    advice: 'move what uses it elsewhere first, or write "whenInUse: proceed" if what it cuts off may be cut off',
  },
});

const noRole: Reason = {
  code: 'access-denied',
  message: 'the role arn:aws:iam::666666666666:role/trueup-read may not be assumed',
  advice: 'create it with the trust that "trueup iam" prints, or exclude the account',
};

const targets: readonly TargetSummary[] = Object.keys(names).flatMap((account) =>
  [...REGIONS, 'global'].map((region, i) => ({ account, region, inState: i + 1, governed: {}, digest: '' })),
);

export const realistic: Plan = plan(
  [
    ...defaultGroups(),
    passwords('222222222222'),
    passwords('444444444444'),
    web,
    bastion,
    heldDefault,
    ...REGIONS.map((region) => unread('666666666666', region, 'security-group', noRole)),
    unread('666666666666', 'global', 'password-policy', noRole),
  ],
  {
    targets,
    skipped: [
      { id: '777777777777', name: 'old-shop', reason: { code: 'suspended', message: 'the account is suspended' } },
    ],
    notes: [
      {
        code: 'trust-role',
        message: 'role.write changes from "trueup-write" to "admin"',
        at: { file: 'state/fleet.yaml', line: 4, column: 9 },
      },
    ],
    exemptions: [
      {
        exception: {
          guardrail: 'allowed-ingress',
          scope: { account: '444444444444' },
          owner: 'team-web',
          reason: 'partner tunnel until the new VPN is up',
          expires: '2027-01-31',
          at: { file: 'state/exceptions/2026-q4.yaml', line: 3, column: 5 },
        },
        daysLeft: 71,
        spares: 1,
      },
    ],
  },
);
