/** Configuration policies, for the delegated administrator in the home region alone. */
import { ServiceError } from '../../errors.ts';
import type { Action, Call, Need } from '../../service.ts';
import { choice, type Fields, record, records, text, texts } from '../../wire/fields.ts';
import type { ConfigurationPolicy } from '../../world/configuration-policies.ts';
import { findControl } from './catalogue.ts';
import { associationsIn, fromAdministrator } from './organization.ts';
import { invalidInput, paged } from './shared.ts';
import { findStandard, standardArn } from './standards.ts';

export const policiesActions: { readonly [action: string]: Action } = {
  GetConfigurationPolicy: { needs: onPolicy, run: fromAdministrator((_, call) => write(policyOf(call), call)) },
  UpdateConfigurationPolicy: { needs: onPolicy, run: fromAdministrator((_, call) => update(call)) },
  ListConfigurationPolicyAssociations: { run: fromAdministrator((_, call) => list(call)) },
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityhub.html */
function onPolicy(call: Call): readonly Need[] {
  return [{ resource: arnOf(idIn(call), call) }];
}

function arnOf(id: string, { world, region, account }: Call): string {
  return `arn:${world.partition}:securityhub:${region}:${account.id}:configuration-policy/${id}`;
}

/** By its id or its ARN. */
function idIn({ input }: Call): string {
  return (text(input, 'Identifier') ?? '').replace(/^.*:configuration-policy\//, '');
}

function policyOf(call: Call): ConfigurationPolicy {
  const policy = call.world.hubs.policies.all.get(idIn(call));
  if (policy) return policy;
  throw new ServiceError('ResourceNotFoundException', 'The configuration policy does not exist', 404);
}

function write(policy: ConfigurationPolicy, call: Call): object {
  const { id, name, description, enabled, standards, controls, parameters } = policy;
  const lists =
    'on' in controls
      ? { EnabledSecurityControlIdentifiers: controls.on }
      : { DisabledSecurityControlIdentifiers: controls.off };
  const SecurityHub = enabled
    ? {
        ServiceEnabled: true,
        EnabledStandardIdentifiers: standards.map((key) => standardArn(call, key)),
        SecurityControlsConfiguration: { ...lists, SecurityControlCustomParameters: parameters },
      }
    : { ServiceEnabled: false };
  return {
    ...{ Arn: arnOf(id, call), Id: id, Name: name },
    ...(description !== undefined && { Description: description }),
    ConfigurationPolicy: { SecurityHub },
  };
}

/** Every list is replaced as a whole; what stands in no list is gone. */
function update(call: Call): object {
  const policy = policyOf(call);
  const { input } = call;
  const hub = record(record(input, 'ConfigurationPolicy') ?? {}, 'SecurityHub');
  if (hub) replace(policy, hub, call);
  policy.name = text(input, 'Name') ?? policy.name;
  policy.description = text(input, 'Description') ?? policy.description;
  policy.updatedAt = call.world.clock.now();
  policy.version += 1;
  return write(policy, call);
}

function replace(policy: ConfigurationPolicy, hub: Fields, call: Call): void {
  const lists = record(hub, 'SecurityControlsConfiguration') ?? {};
  const [on, off] = [lists.EnabledSecurityControlIdentifiers, lists.DisabledSecurityControlIdentifiers];
  const enabled = choice(hub, 'ServiceEnabled') ?? true;
  if (on !== undefined && off !== undefined) throw invalidInput('Controls are either enabled or disabled by a list');
  if (enabled && on === undefined && off === undefined) throw invalidInput('A list of controls is missing');
  const standards = texts(hub, 'EnabledStandardIdentifiers').map((arn) => ownStandard(arn, call));
  const parameters = records(lists, 'SecurityControlCustomParameters');
  const named = [
    ...texts(lists, 'EnabledSecurityControlIdentifiers'),
    ...texts(lists, 'DisabledSecurityControlIdentifiers'),
    ...parameters.map((own) => text(own, 'SecurityControlId') ?? ''),
  ];
  const unknown = named.find((id) => findControl(id)?.provider !== 'AWS');
  if (unknown !== undefined) throw invalidInput(`Invalid control ${unknown}`);
  policy.enabled = enabled;
  policy.standards = standards;
  policy.parameters = parameters;
  policy.controls =
    on === undefined
      ? { off: texts(lists, 'DisabledSecurityControlIdentifiers') }
      : { on: texts(lists, 'EnabledSecurityControlIdentifiers') };
}

/** https://docs.aws.amazon.com/securityhub/latest/userguide/update-policy.html */
function ownStandard(arn: string, call: Call): string {
  const standard = findStandard(call, arn);
  if (standard?.provider === 'AWS') return standard.key;
  throw invalidInput(`Invalid standard ${arn}`);
}

function list(call: Call): object {
  const filters = record(call.input, 'Filters') ?? {};
  const wanted = text(filters, 'ConfigurationPolicyId');
  const type = text(filters, 'AssociationType');
  const all = associationsIn(call).filter(
    (one) =>
      (wanted === undefined || one.ConfigurationPolicyId === wanted) &&
      (type === undefined || one.AssociationType === type),
  );
  // Here, pages are asked for in the body.
  const { items, next } = paged(call, all);
  return { ConfigurationPolicyAssociationSummaries: items, ...next };
}
