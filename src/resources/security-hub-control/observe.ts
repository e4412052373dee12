/** From Security Hub's answers to one observation per control. */
import type { SecurityControl, SecurityControlDefinition } from '@aws-sdk/client-securityhub';
import type { Aws } from '../../model/aws.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Json } from '../../model/json.ts';
import type { Reason } from '../../model/problem.ts';
import type { Observation } from '../../model/resource.ts';
import type { EnabledStandard } from '../../settings/security-hub/hub.ts';
import { standardOf } from '../../settings/security-hub/standards.ts';
import { nearestControl } from './nearest.ts';
import { customParameters, type Definitions, readAssociations, readControls, readDefinitions } from './read.ts';

type Field = { readonly id: string; readonly name: string; readonly value: Json };

/** @param definitions absent where controls are looked at that are known to be there */
export async function observeControls(
  aws: Aws,
  ids: readonly string[],
  standards: readonly EnabledStandard[],
  definitions: Definitions | undefined,
): Promise<{ [id: string]: Observation }> {
  const here = ids.filter((id) => definitions?.get(id)?.CurrentRegionAvailability !== 'UNAVAILABLE');
  const tunable = here.filter((id) => definitions?.get(id)?.CustomizableProperties?.includes('Parameters') ?? true);
  const [statuses, pending, controls] = await Promise.all([
    statusFields(aws, here, standards),
    pendingFields(aws, here, standards),
    readControls(aws, tunable),
  ]);
  const parameters = controls.flatMap(parameterFields);
  const fields = groupBy([...statuses, ...pending, ...parameters], ({ id }) => id);
  const byId = new Map(controls.map((control) => [control.SecurityControlId, control]));
  const handles = Object.fromEntries(standards.map(({ standard, arn }) => [`standard ${standard}`, arn]));
  return Object.fromEntries(
    ids.map((id) => {
      const value = Object.fromEntries((fields.get(id) ?? []).map((field) => [field.name, field.value]));
      const busy = busyBecause(
        pending.filter((field) => field.id === id),
        byId.get(id),
      );
      return [id, { value, handles, about: aboutOf(definitions?.get(id)), ...(busy && { busy }) }];
    }),
  );
}

/** Nobody has such a control. */
export function observeNothing(id: string, definitions: Definitions | undefined): Observation {
  const nearest = nearestControl(id, [...(definitions?.keys() ?? [])]);
  return { value: {}, handles: {}, about: { unknown: true, ...(nearest !== undefined && { nearest }) } };
}

async function statusFields(aws: Aws, ids: readonly string[], standards: readonly EnabledStandard[]): Promise<Field[]> {
  const ready = standards.filter((one) => one.ready);
  const associations = await readAssociations(aws, ids, ready);
  return associations.flatMap(({ SecurityControlId: id = '', StandardsArn = '', AssociationStatus, UpdatedReason }) => {
    const standard = standardOf(StandardsArn);
    const status: Field = { id, name: `status ${standard}`, value: AssociationStatus ?? 'ENABLED' };
    const said = AssociationStatus === 'DISABLED' && UpdatedReason;
    return said ? [status, { id, name: `reason ${standard}`, value: UpdatedReason }] : [status];
  });
}

/** Of standards whose associations cannot be read yet: there, absence does not mean that a control is off. */
async function pendingFields(
  aws: Aws,
  ids: readonly string[],
  standards: readonly EnabledStandard[],
): Promise<Field[]> {
  const waiting = standards.filter((one) => !one.ready);
  const fields = await Promise.all(
    waiting.map(async ({ standard, arn }) => {
      const members = await readDefinitions(aws, arn);
      const mine = ids.filter((id) => members.has(id));
      return mine.map((id): Field => ({ id, name: `status ${standard}`, value: 'NOT_READY' }));
    }),
  );
  return fields.flat();
}

function parameterFields(control: SecurityControl): Field[] {
  const id = control.SecurityControlId ?? '';
  return customParameters(control).map(([name, value]) => ({ id, name: `parameter ${name}`, value: value as Json }));
}

function aboutOf(definition: SecurityControlDefinition | undefined): Observation['about'] {
  if (!definition) return {};
  const kinds = Object.entries(definition.ParameterDefinitions ?? {}).map(([name, { ConfigurationOptions }]) => [
    name,
    Object.keys(ConfigurationOptions ?? {})[0] ?? '',
  ]);
  return {
    name: definition.Title ?? '',
    available: definition.CurrentRegionAvailability !== 'UNAVAILABLE',
    parameters: Object.fromEntries(kinds),
  };
}

function busyBecause(pending: readonly Field[], control: SecurityControl | undefined): Reason | undefined {
  if (pending.length > 0) return notReady(pending.map(({ name }) => name.replace('status ', '')));
  return control?.UpdateStatus === 'UPDATING' ? UPDATING : undefined;
}

function notReady(standards: readonly string[]): Reason {
  return {
    code: 'standard-not-ready',
    message: `Security Hub is still preparing ${standards.join(', ')}`,
    advice: 'plan again in a few minutes: controls can be read and changed once the standard is ready',
  };
}

const UPDATING: Reason = {
  code: 'control-updating',
  message: 'Security Hub is still applying an earlier change of parameters',
  advice: 'plan again in a few minutes',
};
