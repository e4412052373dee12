/**
 * A control of Security Hub: in which standards is it on or off, why, and with which parameters?
 * One value per control, in every account and region; a field for each enabled standard that has the control.
 *
 * `status fsbp`: ENABLED, DISABLED, or NOT_READY while Security Hub is still at work on the standard.
 * `reason fsbp`: what was said when it was disabled. `parameter X`: as the API writes it, absent at its default.
 */
import type { Aws } from '../model/aws.ts';
import { TrueupError } from '../model/problem.ts';
import type { Resource, Want } from '../model/resource.ts';
import { getEnabledStandards, readStandards } from '../settings/security-hub/hub.ts';
import { observeControls, observeNothing } from './security-hub-control/observe.ts';
import {
  getAssociations,
  getControls,
  listDefinitions,
  updateAssociations,
  updateControl,
} from './security-hub-control/operations.ts';
import { type Definitions, readDefinitions } from './security-hub-control/read.ts';
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
    const on = standards.filter(({ leaving }) => !leaving);
    return {
      ...(await observeControls(aws, ids, on, definitions)),
      ...Object.fromEntries(unknown.map((id) => [id, observeNothing(id, definitions)])),
    };
  },
};

/** Ids, and patterns such as `IAM.*`; without either, everything there is. What matches nothing is told apart. */
function chosen(want: Want, definitions: Definitions | undefined): { ids: string[]; unknown: string[] } {
  const asked = want.ids ?? want.names;
  if (!definitions) return { ids: [...(asked ?? [])], unknown: [] };
  const known = [...definitions.keys()];
  const found = new Map(asked?.map((name) => [name, known.filter((id) => isMeant(id, name))]));
  const unknown = [...found].filter(([, ids]) => ids.length === 0).map(([name]) => name);
  return { ids: asked ? [...new Set([...found.values()].flat())] : known, unknown };
}

function isMeant(id: string, name: string): boolean {
  return name.endsWith('*') ? id.startsWith(name.slice(0, -1)) : id === name;
}

function notEnabled({ account, region }: Aws): TrueupError {
  return new TrueupError({
    code: 'security-hub-not-enabled',
    message: `Security Hub is not enabled in ${account} ${region}, so it has no controls there`,
    advice: 'enable it with the guardrail "security-hub", or leave the account or region out of the targets',
  });
}
