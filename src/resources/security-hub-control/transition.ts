/** The calls that lead a control from one value to another: one for all its standards, one for its parameters. */
import type { AssociationStatus, ParameterConfiguration, ParameterValue } from '@aws-sdk/client-securityhub';
import { same } from '../../model/json.ts';
import { type Change, changed, type Effect, type Step, step, type Value } from '../../model/resource.ts';
import { updateAssociations, updateControl } from './operations.ts';

export function controlTransition(from: Value, to: Value, id: string): readonly Step[] {
  return [...parameterSteps(from, to, id), ...statusSteps(from, to, id)];
}

/** Standards are named by a handle: their ARNs differ from region to region, what is approved does not. */
function statusSteps(from: Value, to: Value, id: string): Step[] {
  const standards = namesUnder('status', from, to).filter((standard) => isMove(from, to, standard));
  if (standards.length === 0) return [];
  const updates = standards.map((standard) => {
    const status = to[`status ${standard}`] as AssociationStatus;
    const reason = to[`reason ${standard}`];
    return {
      SecurityControlId: id,
      StandardsArn: undefined,
      AssociationStatus: status,
      ...(status === 'DISABLED' && typeof reason === 'string' && { UpdatedReason: reason }),
    };
  });
  const handles = standards.map((standard, i) => [
    `StandardsControlAssociationUpdates.${i}.StandardsArn`,
    `standard ${standard}`,
  ]);
  const call = updateAssociations({ StandardsControlAssociationUpdates: updates }, Object.fromEntries(handles));
  return [step(call, ...standards.flatMap((standard) => changesOf(from, to, standard)))];
}

/** A standard that was switched off since, or is not ready, has nothing that could be moved. */
function isMove(from: Value, to: Value, standard: string): boolean {
  const [before, after] = [from[`status ${standard}`], to[`status ${standard}`]];
  const isStatus = (value: unknown): boolean => value === 'ENABLED' || value === 'DISABLED';
  return (
    isStatus(before) &&
    isStatus(after) &&
    !(before === after && same(from[`reason ${standard}`], to[`reason ${standard}`]))
  );
}

function changesOf(from: Value, to: Value, standard: string): Change[] {
  const [status, reason] = [`status ${standard}`, `reason ${standard}`];
  const effect: Effect = to[status] === from[status] ? 'neutral' : to[status] === 'ENABLED' ? 'tightens' : 'loosens';
  return [
    ...(from[status] === to[status] ? [] : [changed(status, from, to, effect)]),
    ...(same(from[reason], to[reason]) ? [] : [changed(reason, from, to, 'neutral')]),
  ];
}

/** What is set is sent whole, so that it does not matter what becomes of a parameter that is not sent. */
function parameterSteps(from: Value, to: Value, id: string): Step[] {
  const names = namesUnder('parameter', from, to);
  const moved = names.map((name) => `parameter ${name}`).filter((field) => !same(from[field], to[field]));
  if (moved.length === 0) return [];
  const Parameters = Object.fromEntries(names.map((name) => [name, configuration(to[`parameter ${name}`])]));
  // Letters, digits, spaces, hyphens and underscores are all it takes.
  // https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_UpdateSecurityControl.html
  const call = updateControl({ SecurityControlId: id, Parameters, LastUpdateReason: 'Set by Trueup' });
  // A longer password is stricter, a longer delay is not: nothing that AWS tells of a parameter says which way it goes.
  return [step(call, ...moved.map((field) => changed(field, from, to, 'unclear')))];
}

function configuration(value: unknown): ParameterConfiguration {
  return value === undefined ? { ValueType: 'DEFAULT' } : { ValueType: 'CUSTOM', Value: value as ParameterValue };
}

/** Sorted: the same calls for the same meaning. */
function namesUnder(prefix: string, from: Value, to: Value): string[] {
  const fields = [...Object.keys(from), ...Object.keys(to)].filter((field) => field.startsWith(`${prefix} `));
  return [...new Set(fields)].map((field) => field.slice(prefix.length + 1)).sort();
}
