/**
 * Security Hub itself: is it on in this region, how does it treat new controls, and which standards are on in it?
 * One value per account and region; `{ enabled: false }` where it is off, and a field for each standard that is on.
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html
 */
import {
  BatchDisableStandardsCommand,
  BatchEnableStandardsCommand,
  type ControlFindingGenerator,
  DescribeHubCommand,
  DisableSecurityHubCommand,
  EnableSecurityHubCommand,
  UpdateSecurityHubConfigurationCommand,
} from '@aws-sdk/client-securityhub';
import type { Aws } from '../model/aws.ts';
import { operation } from '../model/operation.ts';
import type { Reason } from '../model/problem.ts';
import { type Change, changed, type Effect, type Observation, type Step, step } from '../model/resource.ts';
import { defineSetting } from '../model/setting.ts';
import { reported } from './reported.ts';
import { hubCentrally } from './security-hub/centrally.ts';
import { type EnabledStandard, getEnabledStandards, isNotEnabled, readStandards } from './security-hub/hub.ts';
import { isForeign, type Params, schema } from './security-hub/schema.ts';
import { DEFAULT_STANDARDS, STANDARDS, standardArn } from './security-hub/standards.ts';

/** `standard fsbp` is true where the standard is on, and absent where it is not. */
type Hub = {
  readonly enabled: boolean;
  readonly autoEnableControls?: boolean;
  readonly consolidatedFindings?: boolean;
  readonly [standard: `standard ${string}`]: true;
};

/**
 * The first time in an account, Security Hub makes its own role there in the name of whoever switches it on.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/using-service-linked-roles.html
 */
const LINKED_ROLE = {
  action: 'iam:CreateServiceLinkedRole',
  resource:
    'arn:{partition}:iam::{account}:role/aws-service-role/securityhub.amazonaws.com/AWSServiceRoleForSecurityHub',
};

const describeHub = operation('securityhub:DescribeHub', DescribeHubCommand);
const enable = operation('securityhub:EnableSecurityHub', EnableSecurityHubCommand, {
  permissions: [{}, LINKED_ROLE],
});
const disable = operation('securityhub:DisableSecurityHub', DisableSecurityHubCommand);
const update = operation('securityhub:UpdateSecurityHubConfiguration', UpdateSecurityHubConfigurationCommand);
const enableStandards = operation('securityhub:BatchEnableStandards', BatchEnableStandardsCommand);
const disableStandards = operation('securityhub:BatchDisableStandards', BatchDisableStandardsCommand);

export const securityHub = defineSetting<Hub, Params>({
  name: 'security-hub',
  summary: 'Security Hub is on, with these standards; fields left out, and other standards, stay as they are.',
  scope: 'region',
  schema,
  fields: ['enabled', 'autoEnableControls', 'consolidatedFindings', 'standard *'],
  reads: [describeHub, getEnabledStandards],
  writes: [enable, disable, update, enableStandards, disableStandards],
  centrally: hubCentrally,

  async observe(aws) {
    const standards = await readStandards(aws);
    const hub = standards && (await describeIfOn(aws));
    if (!standards || !hub) return { value: { enabled: false }, handles: handlesOf(aws, []) };
    const on = standards.filter(({ leaving }) => !leaving);
    return {
      value: {
        enabled: true,
        autoEnableControls: reported(hub.AutoEnableControls, describeHub),
        consolidatedFindings: hub.ControlFindingGenerator !== 'STANDARD_CONTROL',
        ...Object.fromEntries(on.map((one): [`standard ${string}`, true] => [`standard ${one.standard}`, true])),
      },
      handles: handlesOf(aws, standards),
      ...leavingOf(standards),
    };
  },

  desire(observed, params) {
    if (!params.enabled) return { enabled: false };
    const { autoEnableControls = observed.autoEnableControls ?? true } = params;
    const { consolidatedFindings = observed.consolidatedFindings ?? true } = params;
    const byDefault = params.defaultStandards && !observed.enabled ? DEFAULT_STANDARDS : [];
    const kept = params.otherStandards === 'leave' ? standardsIn(observed) : standardsIn(observed).filter(isForeign);
    const wanted = [...kept, ...byDefault, ...params.standards].map((one) => [`standard ${one}`, true]);
    return { enabled: true, autoEnableControls, consolidatedFindings, ...Object.fromEntries(wanted) };
  },

  transition(from, to) {
    if (!to.enabled) return from.enabled ? [step(disable({}), ...fieldsOf(from, to))] : [];
    const start = from.enabled ? from : switchedOn(to);
    return [
      ...(from.enabled ? [] : [step(enable(enabling(to)), ...fieldsOf(from, start))]),
      ...configure(start, to),
      ...switchStandards(start, to),
    ];
  },

  undo: 'the hub and its standards return; which controls were off in a standard that was switched off is forgotten.',
  losses(from, to) {
    const forgotten = standardsIn(from).filter((one) => !standardsIn(to).includes(one));
    if (forgotten.length === 0) return [];
    return [`which controls were off in ${forgotten.join(', ')} is forgotten: enabled again, all of them are on`];
  },
});

/** Off between two calls is off. */
async function describeIfOn(aws: Aws) {
  try {
    return await aws.send(describeHub({}));
  } catch (error) {
    if (isNotEnabled(error)) return undefined;
    throw error;
  }
}

/** ARNs of standards to be, and of subscriptions there are. */
function handlesOf(aws: Aws, standards: readonly EnabledStandard[]): Observation['handles'] {
  return {
    ...Object.fromEntries(STANDARDS.map((one) => [`standard ${one}`, standardArn(one, aws)])),
    ...Object.fromEntries(
      standards.flatMap((one) => [
        [`standard ${one.standard}`, one.arn],
        [`subscription ${one.standard}`, one.subscription],
      ]),
    ),
  };
}

function leavingOf(standards: readonly EnabledStandard[]): { readonly busy?: Reason } {
  const leaving = standards.filter((one) => one.leaving).map((one) => one.standard);
  if (leaving.length === 0) return {};
  return {
    busy: {
      code: 'standard-leaving',
      message: `Security Hub is still switching off ${leaving.join(', ')}`,
      advice: 'plan again in a few minutes',
    },
  };
}

function standardsIn(hub: Hub): string[] {
  return Object.keys(hub).flatMap((field) => /^standard (.+)$/.exec(field)?.[1] ?? []);
}

/** What Security Hub is like once it was switched on in the way that Trueup does it. */
function switchedOn({ consolidatedFindings = true }: Hub): Hub {
  return { enabled: true, autoEnableControls: true, consolidatedFindings };
}

function enabling({ consolidatedFindings = true }: Hub) {
  // Which standards AWS would add changes over the years; the plan names the ones it adds.
  return { EnableDefaultStandards: false, ControlFindingGenerator: generator(consolidatedFindings) };
}

function generator(consolidated: boolean): ControlFindingGenerator {
  return consolidated ? 'SECURITY_CONTROL' : 'STANDARD_CONTROL';
}

function configure(from: Hub, to: Hub): Step[] {
  const auto = from.autoEnableControls !== to.autoEnableControls && to.autoEnableControls !== undefined;
  const findings = from.consolidatedFindings !== to.consolidatedFindings && to.consolidatedFindings !== undefined;
  if (!auto && !findings) return [];
  const input = {
    ...(auto && { AutoEnableControls: to.autoEnableControls }),
    ...(findings && { ControlFindingGenerator: generator(to.consolidatedFindings ?? true) }),
  };
  return [
    step(
      update(input),
      ...(auto ? [changed('autoEnableControls', from, to, to.autoEnableControls ? 'tightens' : 'loosens')] : []),
      ...(findings ? [changed('consolidatedFindings', from, to, 'neutral')] : []),
    ),
  ];
}

/** Their ARNs differ from region to region, and are filled in just before the call. */
function switchStandards(from: Hub, to: Hub): Step[] {
  const added = standardsIn(to)
    .filter((one) => !standardsIn(from).includes(one))
    .sort();
  const removed = standardsIn(from)
    .filter((one) => !standardsIn(to).includes(one))
    .sort();
  const handles = (list: readonly string[], path: (i: number) => string, kind: string) =>
    Object.fromEntries(list.map((one, i) => [path(i), `${kind} ${one}`]));
  const change = (list: readonly string[], effect: Effect): Change[] =>
    list.map((one) => changed(`standard ${one}`, from, to, effect));
  const requests = added.map(() => ({ StandardsArn: undefined }));
  const adding = handles(added, (i) => `StandardsSubscriptionRequests.${i}.StandardsArn`, 'standard');
  const removing = handles(removed, (i) => `StandardsSubscriptionArns.${i}`, 'subscription');
  return [
    ...(added.length > 0
      ? [step(enableStandards({ StandardsSubscriptionRequests: requests }, adding), ...change(added, 'tightens'))]
      : []),
    ...(removed.length > 0
      ? [step(disableStandards({ StandardsSubscriptionArns: [] }, removing), ...change(removed, 'loosens'))]
      : []),
  ];
}

/** Everything that appears or goes with the hub itself. */
function fieldsOf(from: Hub, to: Hub): Change[] {
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])] as (keyof Hub & string)[];
  const effect = to.enabled ? 'tightens' : 'loosens';
  return fields.filter((field) => from[field] !== to[field]).map((field) => changed(field, from, to, effect));
}
