/**
 * What has the account set for EC2 in this region? Encryption, public sharing, metadata defaults, the serial console.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
 */
import { ServiceError } from '../../errors.ts';
import type { Action, Call } from '../../service.ts';
import { text, whole } from '../../wire/fields.ts';
import type { Manageable, MetadataField } from '../../world/setting-names.ts';
import type { RegionSettings } from '../../world/settings.ts';
import { invalidValue, missingParameter } from './errors.ts';

/** EC2's name of the field in requests, and in answers. */
const METADATA: { readonly [field in MetadataField]: readonly [sent: string, answered: string] } = {
  httpTokens: ['HttpTokens', 'httpTokens'],
  hopLimit: ['HttpPutResponseHopLimit', 'httpPutResponseHopLimit'],
  httpEndpoint: ['HttpEndpoint', 'httpEndpoint'],
  tags: ['InstanceMetadataTags', 'instanceMetadataTags'],
  httpTokensEnforced: ['HttpTokensEnforced', 'httpTokensEnforced'],
};

export const settingsActions: { readonly [action: string]: Action } = {
  GetSnapshotBlockPublicAccessState: onSettings((here) => ({ state: here.snapshots, ...managedBy(here, 'snapshots') })),
  EnableSnapshotBlockPublicAccess: change('snapshots', (here, call) => {
    here.snapshots = oneOf(call, 'State', ['block-all-sharing', 'block-new-sharing']);
    return { state: here.snapshots };
  }),
  DisableSnapshotBlockPublicAccess: change('snapshots', (here) => {
    here.snapshots = 'unblocked';
    return { state: here.snapshots };
  }),
  GetImageBlockPublicAccessState: onSettings((here, call) => ({
    imageBlockPublicAccessState: shownImages(here, call),
    ...managedBy(here, 'images'),
  })),
  EnableImageBlockPublicAccess: change('images', (here, call) =>
    setImages(here, call, oneOf(call, 'ImageBlockPublicAccessState', ['block-new-sharing'])),
  ),
  DisableImageBlockPublicAccess: change('images', (here, call) => setImages(here, call, 'unblocked')),
  GetInstanceMetadataDefaults: onSettings((here) => ({ accountLevel: writeMetadata(here) })),
  ModifyInstanceMetadataDefaults: change('metadata', modifyMetadata),
  GetSerialConsoleAccessStatus: onSettings((here) => ({
    serialConsoleAccessEnabled: here.serialConsole,
    ...managedBy(here, 'serialConsole'),
  })),
  EnableSerialConsoleAccess: change('serialConsole', (here) => setSerialConsole(here, true)),
  DisableSerialConsoleAccess: change('serialConsole', (here) => setSerialConsole(here, false)),
};

export function onSettings(run: (here: RegionSettings, call: Call) => object): Action {
  return { run: (call) => run(call.world.settings.in(call.account.id, call.region), call) };
}

/** Organizations names no error code for what a declarative policy refuses; it gives the sentence. */
function change(what: Manageable, run: (here: RegionSettings, call: Call) => object): Action {
  return onSettings((here, call) => {
    if (!here.managed.has(what)) return run(here, call);
    throw new ServiceError(
      'UnauthorizedOperation',
      'This action is denied due to an organizational policy in effect',
      403,
    );
  });
}

function managedBy({ managed }: RegionSettings, what: Manageable) {
  return { managedBy: managed.has(what) ? 'declarative-policy' : 'account' };
}

function oneOf(call: Call, name: string, values: readonly string[]): string {
  const value = text(call.input, name);
  if (value === undefined) throw missingParameter(name);
  if (!values.includes(value)) throw invalidValue(`Value (${value}) for parameter ${name} is invalid`);
  return value;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageBlockPublicAccess.html: up to ten minutes. */
function shownImages({ images }: RegionSettings, { world }: Call): string {
  return world.clock.now() < images.shownAt ? images.before : images.value;
}

function setImages(here: RegionSettings, call: Call, value: string): object {
  const shownAt = call.world.clock.now() + here.imagesSettleMs;
  here.images = { value, before: shownImages(here, call), shownAt };
  return { imageBlockPublicAccessState: value };
}

function setSerialConsole(here: RegionSettings, enabled: boolean): object {
  here.serialConsole = enabled;
  return { serialConsoleAccessEnabled: enabled };
}

/** What was cleared is absent from the answer: there is no such value as "no preference" in it. */
function writeMetadata(here: RegionSettings) {
  const fields = Object.entries(METADATA).map(([field, [, answered]]) => [
    answered,
    here.metadata[field as MetadataField],
  ]);
  const message = here.managed.has('metadata') && { managedExceptionMessage: 'Set by the platform team' };
  return { ...Object.fromEntries(fields), ...managedBy(here, 'metadata'), ...message };
}

function modifyMetadata(here: RegionSettings, call: Call): object {
  const next: { [field in MetadataField]?: string } = { ...here.metadata };
  for (const [field, [sent]] of Object.entries(METADATA) as [MetadataField, readonly [string, string]][]) {
    const value = field === 'hopLimit' ? hopLimit(call, sent) : preference(call, field, sent);
    if (value === 'no-preference') delete next[field];
    else if (value !== undefined) next[field] = value;
  }
  here.metadata = next;
  return { return: true };
}

function preference(call: Call, field: MetadataField, name: string): string | undefined {
  const values = field === 'httpTokens' ? ['optional', 'required'] : ['enabled', 'disabled'];
  return name in call.input ? oneOf(call, name, [...values, 'no-preference']) : undefined;
}

function hopLimit(call: Call, name: string): string | undefined {
  const value = whole(call.input, name);
  if (value === undefined) return undefined;
  if (value === -1) return 'no-preference';
  if (value >= 1 && value <= 64) return String(value);
  throw invalidValue(`Value (${text(call.input, name)}) for parameter ${name} is invalid`);
}
