/** The one call that leads a configuration policy from one value to another: the whole document, because lists are replaced. */
import type {
  ParameterConfiguration,
  ParameterValue,
  SecurityControlsConfiguration,
} from '@aws-sdk/client-securityhub';
import { groupBy } from '../../model/group-by.ts';
import { same } from '../../model/json.ts';
import { type Change, changed, type Effect, type Step, step, type Value } from '../../model/resource.ts';
import { updatePolicy } from './operations.ts';

const STANDARDS_AT = 'ConfigurationPolicy.SecurityHub.EnabledStandardIdentifiers';

export function policyTransition(from: Value, to: Value, id: string): readonly Step[] {
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  const moved = fields.filter((field) => !same(from[field], to[field]));
  if (moved.length === 0) return [];
  const standards = namesUnder('standard ', to);
  const call = updatePolicy(
    {
      Identifier: id,
      ...(typeof to.name === 'string' && { Name: to.name }),
      ...(typeof to.description === 'string' && { Description: to.description }),
      ConfigurationPolicy: { SecurityHub: documentOf(to) },
    },
    Object.fromEntries(standards.map((standard, i) => [`${STANDARDS_AT}.${i}`, `standard ${standard}`])),
  );
  return [step(call, ...moved.map((field): Change => changed(field, from, to, effectOf(field, from, to))))];
}

/**
 * What a policy that was `from` becomes. A parameter that it no longer names would stay in the accounts as it was set, so
 * it is named with its default.
 */
export function asReached(from: Value, to: Value): Value {
  const dropped = namesUnder('parameter ', from).filter((name) => to[`parameter ${name}`] === undefined);
  return asKept({ ...to, ...Object.fromEntries(dropped.map((name) => [`parameter ${name}`, 'default'])) });
}

/** A policy that switches Security Hub off says nothing else; one that lists what is like all others says it twice. */
function asKept(value: Value): Value {
  const { name, description } = value;
  const named = { ...(name !== undefined && { name }), ...(description !== undefined && { description }) };
  if (value.enabled !== true) return { ...named, enabled: false };
  const { otherControls = 'enabled' } = value;
  const others = statusOf(otherControls);
  const kept = Object.entries(value).filter(([field, to]) => !(field.startsWith('control ') && to === others));
  return { ...Object.fromEntries(kept), otherControls };
}

/** Standards are filled in as ARNs just before the call. */
function documentOf(to: Value) {
  if (to.enabled !== true) return { ServiceEnabled: false };
  return {
    ServiceEnabled: true,
    EnabledStandardIdentifiers: [],
    SecurityControlsConfiguration: controlsOf(to),
  };
}

function controlsOf(to: Value): SecurityControlsConfiguration {
  const listed = namesUnder('control ', to);
  const parameters = namesUnder('parameter ', to).map((name) => {
    const [id = '', parameter = ''] = name.split(' ');
    return { id, parameter, set: to[`parameter ${name}`] };
  });
  const byControl = [...groupBy(parameters, ({ id }) => id)].map(([SecurityControlId, own]) => ({
    SecurityControlId,
    Parameters: Object.fromEntries(own.map(({ parameter, set }) => [parameter, configuration(set)])),
  }));
  return {
    ...(to.otherControls === 'disabled'
      ? { EnabledSecurityControlIdentifiers: listed }
      : { DisabledSecurityControlIdentifiers: listed }),
    ...(byControl.length > 0 && { SecurityControlCustomParameters: byControl }),
  };
}

function configuration(set: unknown): ParameterConfiguration {
  return set === 'default' ? { ValueType: 'DEFAULT' } : { ValueType: 'CUSTOM', Value: set as ParameterValue };
}

function effectOf(field: string, from: Value, to: Value): Effect {
  const grows = (before: boolean, after: boolean): Effect =>
    before === after ? 'neutral' : after ? 'tightens' : 'loosens';
  if (field === 'enabled') return grows(from.enabled === true, to.enabled === true);
  if (field === 'otherControls') return grows(othersAreOn(from), othersAreOn(to));
  if (field.startsWith('standard ')) return grows(from[field] === true, to[field] === true);
  if (field.startsWith('control ')) return grows(isOn(field, from), isOn(field, to));
  return field.startsWith('parameter ') ? 'unclear' : 'neutral';
}

function othersAreOn({ enabled, otherControls }: Value): boolean {
  return enabled === true && otherControls === 'enabled';
}

/** What is not listed is like all others. */
function isOn(field: string, value: Value): boolean {
  return value.enabled === true && (value[field] ?? statusOf(value.otherControls)) === 'ENABLED';
}

function statusOf(others: unknown): 'ENABLED' | 'DISABLED' {
  return others === 'disabled' ? 'DISABLED' : 'ENABLED';
}

/** Sorted: the same call for the same meaning. */
function namesUnder(prefix: string, value: Value): string[] {
  return Object.keys(value)
    .filter((field) => field.startsWith(prefix))
    .map((field) => field.slice(prefix.length))
    .sort();
}
