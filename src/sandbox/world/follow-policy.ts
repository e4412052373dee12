/** A hub becomes as the configuration policy of its account says, once Security Hub gets to it. */
import { CONTROLS, usesGlobalResources } from '../services/security-hub/catalogue.ts';
import { type Fields, record, text } from '../wire/fields.ts';
import type { ConfigurationPolicies, ConfigurationPolicy } from './configuration-policies.ts';
import type { Hub } from './hub.ts';

export type Seat = { readonly account: string; readonly region: string; readonly home: string; readonly now: number };

export function followPolicy(hub: Hub, policies: ConfigurationPolicies, seat: Seat): void {
  const policy = policies.of(seat.account)?.policy;
  if (!policy || !policies.reaches(seat.region)) return;
  hub.central = true;
  const version = `${policy.id}@${policy.version}`;
  if (hub.follows === version || statusOf(policies, policy, seat) !== 'SUCCESS') return;
  hub.follows = version;
  // The delegated administrator keeps what it has: nobody could switch it on again.
  // https://docs.aws.amazon.com/securityhub/latest/userguide/configuration-policies-overview.html
  if (!policy.enabled && policies.isAdministrator(seat.account)) return;
  apply(hub, policy, seat);
}

/** https://docs.aws.amazon.com/securityhub/latest/userguide/view-policy.html */
export function statusOf(
  { applySeconds, failing }: ConfigurationPolicies,
  { updatedAt }: ConfigurationPolicy,
  { account, now }: Pick<Seat, 'account' | 'now'>,
): 'PENDING' | 'SUCCESS' | 'FAILED' {
  if (now < updatedAt + applySeconds * 1000) return 'PENDING';
  return Object.hasOwn(failing, account) ? 'FAILED' : 'SUCCESS';
}

function apply(hub: Hub, { enabled, standards, controls, parameters }: ConfigurationPolicy, seat: Seat): void {
  const { now, region, home } = seat;
  if (!enabled) {
    hub.since = undefined;
    for (const map of [hub.subscriptions, hub.associations, hub.parameters]) map.clear();
    return;
  }
  hub.since ??= now;
  for (const key of [...hub.subscriptions.keys()]) if (!standards.includes(key)) hub.subscriptions.delete(key);
  for (const key of standards)
    if (!hub.subscriptions.has(key)) hub.subscriptions.set(key, { readyAt: now + hub.settleMs });
  hub.associations.clear();
  for (const control of CONTROLS) {
    const listed = 'on' in controls ? controls.on.includes(control.id) : !controls.off.includes(control.id);
    // https://docs.aws.amazon.com/securityhub/latest/userguide/configuration-policies-overview.html
    if (listed && (region === home || !usesGlobalResources(control))) continue;
    for (const key of control.standards)
      if (standards.includes(key)) hub.associations.set(`${control.id} ${key}`, { status: 'DISABLED', at: now });
  }
  for (const own of parameters) setParameters(hub, own);
}

function setParameters(hub: Hub, own: Fields): void {
  const id = text(own, 'SecurityControlId') ?? '';
  const next: Record<string, unknown> = { ...hub.parameters.get(id) };
  for (const [name, set] of Object.entries(record(own, 'Parameters') ?? {})) {
    if (text(set as Fields, 'ValueType') === 'CUSTOM') next[name] = record(set as Fields, 'Value');
    else delete next[name];
  }
  hub.parameters.set(id, next);
}
