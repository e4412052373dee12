/** Controls: which there are, what can be set on them, and in which standards they are on. */
import type { Action, Call } from '../../service.ts';
import { type Fields, record, records, text, texts } from '../../wire/fields.ts';
import type { Hub } from '../../world/hub.ts';
import { CONTROLS, type Control, findControl, isAvailable, STANDARDS } from './catalogue.ts';
import { bounded, changingHub, inHub, invalidInput, paged } from './shared.ts';
import { findStandard, isReady, standardArn } from './standards.ts';

export const controlsActions: { readonly [action: string]: Action } = {
  ListSecurityControlDefinitions: { run: inHub(listDefinitions) },
  BatchGetSecurityControls: { run: inHub(getControls) },
  UpdateSecurityControl: { run: changingHub(updateControl) },
  ListStandardsControlAssociations: { run: inHub(listAssociations) },
  BatchGetStandardsControlAssociations: { run: inHub(getAssociations) },
  BatchUpdateStandardsControlAssociations: { run: changingHub(updateAssociations) },
};

function listDefinitions(_: Hub, call: Call): object {
  const providers = texts(call.input, 'Providers');
  const arn = text(call.input, 'StandardsArn');
  const standard = arn === undefined ? undefined : findStandard(call, arn);
  if (arn !== undefined && !standard) throw invalidInput(`Invalid StandardsArn ${arn}`);
  const meant = CONTROLS.filter(
    ({ provider, standards }) =>
      (providers.length === 0 || providers.includes(provider)) && (!standard || standards.includes(standard.key)),
  );
  const { items, next } = paged(call, meant);
  return { SecurityControlDefinitions: items.map((control) => writeDefinition(control, call)), ...next };
}

function writeDefinition(control: Control, { region }: Call) {
  const names = Object.entries(control.parameters);
  const definitions = names.map(([name, options]) => [name, { Description: name, ConfigurationOptions: options }]);
  return {
    SecurityControlId: control.id,
    Title: control.title,
    Description: control.title,
    RemediationUrl: `https://docs.aws.amazon.com/console/securityhub/${control.id}/remediation`,
    SeverityRating: control.severity,
    CurrentRegionAvailability: isAvailable(control, region) ? 'AVAILABLE' : 'UNAVAILABLE',
    Provider: control.provider,
    CustomizableProperties: names.length > 0 ? ['Parameters'] : [],
    ...(names.length > 0 && { ParameterDefinitions: Object.fromEntries(definitions) }),
  };
}

function getControls(hub: Hub, call: Call): object {
  const ids = bounded(texts(call.input, 'SecurityControlIds'), call);
  const known = ids.map((id) => [id, here(id, call)] as const);
  return {
    SecurityControls: known.flatMap(([, control]) => (control ? [writeControl(control, hub, call)] : [])),
    UnprocessedIds: known.flatMap(([id, control]) =>
      control ? [] : [{ SecurityControlId: id, ErrorCode: 'RESOURCE_NOT_FOUND', ErrorReason: 'Not found' }],
    ),
  };
}

/** The control, if the region has it. */
function here(id: string, { region }: Call): Control | undefined {
  const control = findControl(id);
  return control && isAvailable(control, region) ? control : undefined;
}

function writeControl(control: Control, hub: Hub, call: Call) {
  const set = hub.parameters.get(control.id) ?? {};
  const parameters = Object.entries(control.parameters).map(([name, options]) => [
    name,
    name in set ? { ValueType: 'CUSTOM', Value: set[name] } : { ValueType: 'DEFAULT', Value: defaultOf(options) },
  ]);
  const on = control.standards.some(
    (key) => hub.subscriptions.has(key) && statusOf(hub, control.id, key) === 'ENABLED',
  );
  return {
    SecurityControlId: control.id,
    SecurityControlArn: controlArn(control.id, call),
    Title: control.title,
    Description: control.title,
    RemediationUrl: '',
    SeverityRating: control.severity,
    SecurityControlStatus: on ? 'ENABLED' : 'DISABLED',
    UpdateStatus: 'READY',
    Parameters: Object.fromEntries(parameters),
    Provider: control.provider,
  };
}

function defaultOf(options: Control['parameters'][string]): object {
  return Object.fromEntries(Object.entries(options).map(([kind, { DefaultValue }]) => [kind, DefaultValue]));
}

/** Parameters that are not named keep what they have. */
function updateControl(hub: Hub, call: Call): object {
  const control = here(text(call.input, 'SecurityControlId') ?? '', call);
  if (!control) throw invalidInput('Invalid SecurityControlId');
  if (!/^[A-Za-z0-9 _-]*$/.test(text(call.input, 'LastUpdateReason') ?? '')) throw invalidInput('Invalid reason');
  const next: Record<string, unknown> = { ...hub.parameters.get(control.id) };
  for (const [name, asked] of Object.entries(record(call.input, 'Parameters') ?? {})) {
    const kind = Object.keys(control.parameters[name] ?? {})[0];
    const value = record(asked as Fields, 'Value');
    if (kind === undefined) throw invalidInput(`Invalid parameter ${name}`);
    if (text(asked as Fields, 'ValueType') === 'DEFAULT') delete next[name];
    else if (value && kind in value) next[name] = { [kind]: value[kind] };
    else throw invalidInput(`Parameter ${name} takes ${kind}`);
  }
  hub.parameters.set(control.id, next);
  return {};
}

/** A standard that is not ready is left out, which does not mean that the control is off in it. */
function listAssociations(hub: Hub, call: Call): object {
  const control = findControl(text(call.input, 'SecurityControlId') ?? '');
  if (!control) throw invalidInput('Invalid SecurityControlId');
  const ready = control.standards.filter((key) => isReady(hub, call, key));
  const { items, next } = paged(call, ready);
  return {
    StandardsControlAssociationSummaries: items.map((key) => writeAssociation(hub, call, control, key)),
    ...next,
  };
}

type Pair = { readonly control: Control; readonly key: string };

function getAssociations(hub: Hub, call: Call): object {
  const asked = bounded(records(call.input, 'StandardsControlAssociationIds'), call);
  const found = asked.map((id) => ({ id, pair: pairOf(id, hub, call) }));
  const { stranger } = call.world.hubs;
  if (stranger === 'refused' && found.some(({ pair }) => !pair)) throw invalidInput('A standard has no such control');
  return {
    StandardsControlAssociationDetails: found.flatMap(({ pair }) =>
      pair ? [writeAssociation(hub, call, pair.control, pair.key)] : [],
    ),
    UnprocessedAssociations: found.flatMap(({ id, pair }) =>
      pair ? [] : [{ StandardsControlAssociationId: id, ErrorCode: stranger, ErrorReason: 'Not in this standard' }],
    ),
  };
}

/** Only of a standard that is on and ready, and of a control that it has and the region has. */
function pairOf(fields: Fields, hub: Hub, call: Call): Pair | undefined {
  const control = here(text(fields, 'SecurityControlId') ?? '', call);
  const key = findStandard(call, text(fields, 'StandardsArn'))?.key;
  if (!control || key === undefined || !control.standards.includes(key) || !isReady(hub, call, key)) return undefined;
  return { control, key };
}

/** The call succeeds, whatever becomes of its items. */
function updateAssociations(hub: Hub, call: Call): object {
  const asked = bounded(records(call.input, 'StandardsControlAssociationUpdates'), call);
  return {
    UnprocessedAssociationUpdates: asked.flatMap((update) => {
      const ErrorCode = updateOne(update, hub, call);
      if (ErrorCode === undefined) return [];
      return [{ StandardsControlAssociationUpdate: update, ErrorCode, ErrorReason: 'The update was not processed' }];
    }),
  };
}

/** @returns The error code, if it was not carried out. */
function updateOne(update: Fields, hub: Hub, call: Call): string | undefined {
  const pair = pairOf(update, hub, call);
  if (!pair) return 'RESOURCE_NOT_FOUND';
  const stuck = hub.unprocessed.get(pair.control.id);
  if (stuck !== undefined) return stuck;
  const status = text(update, 'AssociationStatus') ?? '';
  if (!['ENABLED', 'DISABLED'].includes(status)) return 'INVALID_INPUT';
  const reason = text(update, 'UpdatedReason');
  const at = call.world.clock.now();
  hub.associations.set(`${pair.control.id} ${pair.key}`, { status, at, ...(reason !== undefined && { reason }) });
  return undefined;
}

function statusOf(hub: Hub, control: string, key: string): string {
  return hub.associations.get(`${control} ${key}`)?.status ?? 'ENABLED';
}

function writeAssociation(hub: Hub, call: Call, control: Control, key: string) {
  const set = hub.associations.get(`${control.id} ${key}`);
  return {
    StandardsArn: standardArn(call, key),
    SecurityControlId: control.id,
    SecurityControlArn: controlArn(control.id, call),
    AssociationStatus: statusOf(hub, control.id, key),
    StandardsControlTitle: `${control.title} (${STANDARDS.find((one) => one.key === key)?.name})`,
    ...(set && { UpdatedAt: new Date(set.at).toISOString() }),
    ...(set?.reason !== undefined && { UpdatedReason: set.reason }),
  };
}

function controlArn(id: string, { world, region, account }: Call): string {
  return `arn:${world.partition}:securityhub:${region}:${account.id}:security-control/${id}`;
}
