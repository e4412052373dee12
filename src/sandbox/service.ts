/** What a service is made of: actions that say what they need to be allowed, and what they do. */
import { RefusedError } from './errors.ts';
import type { Keys } from './iam/conditions.ts';
import { type Demand, evaluate, type Grants, type Verdict } from './iam/evaluate.ts';
import { tellJudged } from './judged.ts';
import type { Fields } from './wire/fields.ts';
import type { Protocol } from './wire/protocol.ts';
import type { Account, Session, World } from './world/world.ts';

/** One authenticated request. */
export type Call = {
  readonly world: World;
  readonly session: Session;
  readonly account: Account;
  readonly region: string;
  readonly input: Fields;
};

/** What a call needs, before the keys that every request has are added. */
export type Need = {
  /** The IAM action; the service and action called, unless said. */
  readonly action?: string;
  readonly resource: string;
  readonly keys?: { readonly [key: string]: readonly string[] };
};

export type Action = {
  /** The resources that are authorised; `*` for actions without resource types, which is the default. */
  readonly needs?: (call: Call) => readonly Need[];
  readonly run: (call: Call) => object;
};

export type Service = {
  readonly name: string;
  readonly protocol: Protocol;
  /** Whether the region in the signature must be enabled in the account. */
  readonly regional: boolean;
  /** `DryRun` in the input ends the call after authorisation. */
  readonly dryRun?: true;
  readonly actions: { readonly [action: string]: Action };
};

/** Refuses the call unless every need of it is granted. */
export function authorize(call: Call, service: string, action: string, needs: readonly Need[]): void {
  const grants = grantsOf(call.session);
  for (const demand of needs.map((need) => demandOf(call, `${service}:${action}`, need))) {
    const verdict = evaluate(grants, demand);
    if (verdict !== 'allowed') throw new RefusedError('denied', denial(call, demand, verdict));
    tellJudged({ role: call.session.role.name, session: call.session.name, demand });
  }
}

export function grantsOf({ role, policy }: Pick<Session, 'role' | 'policy'>): Grants {
  const identity = [...role.policies.values(), ...[...role.attached.values()].filter((one) => one !== undefined)];
  return { identity, boundary: role.boundary?.policy, session: policy };
}

export function demandOf(call: Call, action: string, need: Need): Demand {
  const keys = new Map(baseKeys(call));
  for (const [key, values] of Object.entries(need.keys ?? {})) keys.set(key.toLowerCase(), values);
  return { action: need.action ?? action, resource: need.resource, keys };
}

function baseKeys({ world, session, region }: Call): Keys {
  const role = roleArn(world, session);
  return new Map([
    ['aws:requestedregion', [region]],
    ['aws:principalarn', [role]],
    ['aws:principalaccount', [session.account]],
    ['aws:principalorgid', [world.organization.id]],
    ['aws:principaltype', [session.user ? 'User' : 'AssumedRole']],
    ['aws:currenttime', [new Date(world.clock.now()).toISOString()]],
    ['aws:securetransport', ['false']],
    ['ec2:region', [region]],
    ...(session.sourceIdentity ? ([['aws:sourceidentity', [session.sourceIdentity]]] as const) : []),
  ]);
}

function denial(call: Call, demand: Demand, verdict: Verdict): string {
  const why = {
    'explicit-deny': 'with an explicit deny in an identity-based or session policy',
    'implicit-deny': 'because no identity-based policy allows the action',
    'boundary-deny': `because no permissions boundary allows the ${demand.action} action`,
    'session-deny': 'because no session policy allows the action',
    allowed: '',
  }[verdict];
  const on = demand.resource === '*' ? '' : ` on resource: ${demand.resource}`;
  return `User: ${sessionArn(call.world, call.session)} is not authorized to perform: ${demand.action}${on} ${why}`;
}

/** Of the role, or of the user where no role was taken. */
export function roleArn(world: World, session: Session): string {
  return `arn:${world.partition}:iam::${session.account}:${session.user ? 'user' : 'role'}/${session.role.name}`;
}

export function sessionArn(world: World, session: Session): string {
  if (session.user) return roleArn(world, session);
  return `arn:${world.partition}:sts::${session.account}:assumed-role/${session.role.name}/${session.name}`;
}
