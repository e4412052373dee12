/** The hub itself and the standards that are on in it. https://docs.aws.amazon.com/securityhub/1.0/APIReference/ */
import { ServiceError } from '../../errors.ts';
import type { Action, Call } from '../../service.ts';
import { choice, records, text, texts } from '../../wire/fields.ts';
import type { Hub } from '../../world/hub.ts';
import { STANDARDS, type Standard } from './catalogue.ts';
import {
  bounded,
  changingHub,
  enabling,
  hubArn,
  hubOf,
  inHub,
  invalidInput,
  onHub,
  paged,
  refuseCentral,
} from './shared.ts';

export const standardsActions: { readonly [action: string]: Action } = {
  DescribeHub: { needs: onHub, run: inHub(describeHub) },
  EnableSecurityHub: { needs: enabling, run: enable },
  DisableSecurityHub: { needs: onHub, run: changingHub(disable) },
  UpdateSecurityHubConfiguration: { needs: onHub, run: changingHub(update) },
  DescribeStandards: { needs: onHub, run: inHub(describeStandards) },
  GetEnabledStandards: { needs: onHub, run: inHub(getEnabled) },
  BatchEnableStandards: { needs: onHub, run: changingHub(batchEnable) },
  BatchDisableStandards: { needs: onHub, run: changingHub(batchDisable) },
};

/** The older standards stand in no region. */
export function standardArn({ world, region }: Call, key: string): string {
  return `arn:${world.partition}:securityhub:${key.startsWith('ruleset/') ? '' : region}::${key}`;
}

export function findStandard(call: Call, arn: string | undefined): Standard | undefined {
  return STANDARDS.find(({ key }) => standardArn(call, key) === arn);
}

export function isReady(hub: Hub, { world }: Call, key: string): boolean {
  return (hub.subscriptions.get(key)?.readyAt ?? Number.POSITIVE_INFINITY) <= world.clock.now();
}

function describeHub(hub: Hub, call: Call): object {
  return {
    HubArn: hubArn(call),
    SubscribedAt: new Date(hub.since ?? 0).toISOString(),
    AutoEnableControls: hub.autoEnable,
    ControlFindingGenerator: hub.generator,
  };
}

function enable(call: Call): object {
  const hub = hubOf(call);
  refuseCentral(hub);
  if (hub.since !== undefined) throw new ServiceError('ResourceConflictException', 'Already subscribed', 409);
  hub.since = call.world.clock.now();
  call.world.hubs.linked.add(call.account.id);
  hub.autoEnable = true;
  hub.generator = text(call.input, 'ControlFindingGenerator') ?? 'SECURITY_CONTROL';
  const withDefaults = choice(call.input, 'EnableDefaultStandards') ?? true;
  for (const { key } of withDefaults ? STANDARDS.filter(({ byDefault }) => byDefault) : []) subscribe(hub, call, key);
  return {};
}

function disable(hub: Hub, { world, account }: Call): object {
  world.hubs.linked.add(account.id);
  hub.since = undefined;
  hub.subscriptions.clear();
  hub.associations.clear();
  hub.parameters.clear();
  return {};
}

function update(hub: Hub, { input }: Call): object {
  hub.autoEnable = choice(input, 'AutoEnableControls') ?? hub.autoEnable;
  hub.generator = text(input, 'ControlFindingGenerator') ?? hub.generator;
  return {};
}

function describeStandards(_: Hub, call: Call): object {
  const providers = texts(call.input, 'Providers');
  const all = STANDARDS.filter(({ provider }) => providers.length === 0 || providers.includes(provider));
  const { items, next } = paged(call, all);
  const Standards = items.map(({ key, name, provider, byDefault }) => ({
    ...{ StandardsArn: standardArn(call, key), Name: name, EnabledByDefault: byDefault, Provider: provider },
    StandardsManagedBy: { Company: provider === 'AWS' ? 'AWS' : 'Microsoft', Product: 'Security Hub' },
  }));
  return { Standards, ...next };
}

function getEnabled(hub: Hub, call: Call): object {
  const providers = texts(call.input, 'Providers');
  const enabled = STANDARDS.filter(
    ({ key, provider }) => hub.subscriptions.has(key) && (providers.length === 0 || providers.includes(provider)),
  );
  const { items, next } = paged(call, enabled);
  return { StandardsSubscriptions: items.map((standard) => subscription(hub, call, standard)), ...next };
}

function batchEnable(hub: Hub, call: Call): object {
  const asked = records(call.input, 'StandardsSubscriptionRequests').map((one) => text(one, 'StandardsArn'));
  if (asked.length > 25) throw invalidInput('At most 25 standards can be enabled at once');
  const standards = bounded(asked, call).map((arn) => {
    const standard = findStandard(call, arn);
    if (standard) return standard;
    throw invalidInput(`Invalid StandardsSubscriptionRequest(s): ${arn}`);
  });
  for (const { key } of standards) if (!hub.subscriptions.has(key)) subscribe(hub, call, key);
  return { StandardsSubscriptions: standards.map((standard) => subscription(hub, call, standard)) };
}

/** All controls of a standard that is switched on are on: what was off before is forgotten. */
function subscribe(hub: Hub, { world }: Call, key: string): void {
  hub.subscriptions.set(key, { readyAt: world.clock.now() + hub.settleMs });
}

function batchDisable(hub: Hub, call: Call): object {
  const arns = bounded(texts(call.input, 'StandardsSubscriptionArns'), call);
  const standards = arns.map((arn) => {
    const standard = STANDARDS.find(({ key }) => subscriptionArn(call, key) === arn && hub.subscriptions.has(key));
    if (standard) return standard;
    throw new ServiceError('ResourceNotFoundException', `No such subscription: ${arn}`, 404);
  });
  for (const { key } of standards) {
    hub.subscriptions.delete(key);
    for (const each of [...hub.associations.keys()]) if (each.endsWith(` ${key}`)) hub.associations.delete(each);
  }
  return { StandardsSubscriptions: standards.map((standard) => subscription(hub, call, standard)) };
}

function subscription(hub: Hub, call: Call, { key, provider }: Standard) {
  const on = hub.subscriptions.has(key);
  const ready = isReady(hub, call, key);
  return {
    StandardsSubscriptionArn: subscriptionArn(call, key),
    StandardsArn: standardArn(call, key),
    StandardsInput: {},
    StandardsStatus: !on ? 'DELETING' : ready ? 'READY' : 'PENDING',
    StandardsControlsUpdatable: ready ? 'READY_FOR_UPDATES' : 'NOT_READY_FOR_UPDATES',
    Provider: provider,
  };
}

function subscriptionArn({ world, region, account }: Call, key: string): string {
  return `arn:${world.partition}:securityhub:${region}:${account.id}:subscription/${key.slice(key.indexOf('/') + 1)}`;
}
