/**
 * A control of Security Hub: in which standards is it on or off, why, and with which parameters?
 * One value per control, in every account and region; a field for each enabled standard that has the control.
 *
 * `status fsbp`: ENABLED, DISABLED, or NOT_READY while Security Hub is still at work on the standard.
 * `reason fsbp`: what was said when it was disabled. `parameter X`: as the API writes it, absent at its default.
 */
import type { SecurityControl, SecurityControlDefinition } from '@aws-sdk/client-securityhub';
import type { Aws } from '../model/aws.ts';
import type { Json } from '../model/json.ts';
import { findNearest } from '../model/nearest.ts';
import { type Reason, TrueupError } from '../model/problem.ts';
import type { Observation, Resource, Value, Want } from '../model/resource.ts';
import { type EnabledStandard, getEnabledStandards, readStandards } from '../settings/security-hub/hub.ts';
import { standardOf } from '../settings/security-hub/standards.ts';
import {
  getAssociations,
  getControls,
  listDefinitions,
  updateAssociations,
  updateControl,
} from './security-hub-control/operations.ts';
import {
  customParameters,
  type Definitions,
  readAssociations,
  readControls,
  readDefinitions,
} from './security-hub-control/read.ts';
import { controlTransition } from './security-hub-control/transition.ts';

export const securityHubControl: Resource = {
  name: 'security-hub-control',
  scope: 'region',
  reads: [getEnabledStandards, listDefinitions, getAssociations, getControls],
  writes: [updateAssociations, updateControl],
  transition: controlTransition,
  undo: 'every status, reason and parameter returns.',

  async read(aws, want) {
    const standards = await readStandards(aws);
    if (!standards) throw notEnabled(aws);
    // What is looked at closely has been found before; what it is called was told then.
    const definitions = want.close ? undefined : await readDefinitions(aws);
    const { ids, unknown } = chosen(want, definitions);
    const found = await observe(
      aws,
      ids,
      standards.filter(({ leaving }) => !leaving),
      definitions,
    );
    return { ...found, ...Object.fromEntries(unknown.map((id) => [id, nothingBy(id, definitions)])) };
  },
};

/** Ids and patterns such as `IAM.*`; without either, everything there is. What matches nothing is told apart. */
function chosen(want: Want, definitions: Definitions | undefined): { ids: string[]; unknown: string[] } {
  const asked = want.ids ?? want.names;
  if (!definitions) return { ids: [...(asked ?? [])], unknown: [] };
  const known = [...definitions.keys()];
  if (!asked) return { ids: known, unknown: [] };
  const matches = (name: string): string[] =>
    name.endsWith('*') ? known.filter((id) => id.startsWith(name.slice(0, -1))) : known.filter((id) => id === name);
  return {
    ids: [...new Set(asked.flatMap(matches))],
    unknown: asked.filter((name) => matches(name).length === 0),
  };
}

async function observe(
  aws: Aws,
  ids: readonly string[],
  standards: readonly EnabledStandard[],
  definitions: Definitions | undefined,
): Promise<{ [id: string]: Observation }> {
  const here = ids.filter((id) => definitions?.get(id)?.CurrentRegionAvailability !== 'UNAVAILABLE');
  const tunable = here.filter((id) => definitions?.get(id)?.CustomizableProperties?.includes('Parameters') ?? true);
  const ready = standards.filter((standard) => standard.ready);
  const [associations, controls, pending] = await Promise.all([
    readAssociations(aws, here, ready),
    readControls(aws, tunable),
    readPending(
      aws,
      standards.filter((standard) => !standard.ready),
    ),
  ]);
  const fields = new Map(here.map((id): [string, [string, Json][]] => [id, []]));
  for (const { SecurityControlId = '', StandardsArn = '', AssociationStatus, UpdatedReason } of associations) {
    const standard = standardOf(StandardsArn);
    const of = fields.get(SecurityControlId);
    of?.push([`status ${standard}`, AssociationStatus ?? 'ENABLED']);
    if (AssociationStatus === 'DISABLED' && UpdatedReason) of?.push([`reason ${standard}`, UpdatedReason]);
  }
  for (const [standard, members] of pending)
    for (const id of members) fields.get(id)?.push([`status ${standard}`, 'NOT_READY']);
  const byId = new Map(controls.map((control) => [control.SecurityControlId, control]));
  for (const id of here)
    for (const [name, value] of customParameters(byId.get(id)))
      fields.get(id)?.push([`parameter ${name}`, value as Json]);
  const handles = Object.fromEntries(standards.map(({ standard, arn }) => [`standard ${standard}`, arn]));
  return Object.fromEntries(
    ids.map((id) => [
      id,
      {
        value: Object.fromEntries(fields.get(id) ?? []) as Value,
        handles,
        about: aboutOf(definitions?.get(id)),
        ...busyOf(fields.get(id) ?? [], byId.get(id)),
      },
    ]),
  );
}

/** Which controls a standard has whose associations cannot be read yet: there, absence does not mean that one is off. */
async function readPending(aws: Aws, standards: readonly EnabledStandard[]) {
  return Promise.all(
    standards.map(async ({ standard, arn }) => [standard, [...(await readDefinitions(aws, arn)).keys()]] as const),
  );
}

function aboutOf(definition: SecurityControlDefinition | undefined): Observation['about'] {
  if (!definition) return {};
  const parameters = Object.entries(definition.ParameterDefinitions ?? {}).map(([name, { ConfigurationOptions }]) => [
    name,
    Object.keys(ConfigurationOptions ?? {})[0] ?? '',
  ]);
  return {
    name: definition.Title ?? '',
    available: definition.CurrentRegionAvailability !== 'UNAVAILABLE',
    parameters: Object.fromEntries(parameters),
  };
}

function busyOf(fields: readonly (readonly [string, Json])[], control: SecurityControl | undefined): { busy?: Reason } {
  const waiting = fields.filter(([, value]) => value === 'NOT_READY').map(([field]) => field.replace('status ', ''));
  if (waiting.length > 0) return { busy: notReady(waiting) };
  return control?.UpdateStatus === 'UPDATING' ? { busy: UPDATING } : {};
}

function nothingBy(id: string, definitions: Definitions | undefined): Observation {
  const nearest = findNearest(
    id,
    [...(definitions?.keys() ?? [])].filter((one) => Math.abs(one.length - id.length) < 3),
  );
  return { value: {}, handles: {}, about: { unknown: true, ...(nearest !== undefined && { nearest }) } };
}

function notEnabled({ account, region }: Aws): TrueupError {
  return new TrueupError({
    code: 'security-hub-not-enabled',
    message: `Security Hub is not enabled in ${account} ${region}, so it has no controls there`,
    advice: 'enable it with the guardrail "security-hub", or leave the account or region out of the targets',
  });
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
