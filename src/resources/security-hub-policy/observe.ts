/** From Security Hub's answer to the value of a configuration policy: flat, and with everything that an update replaces. */
import type {
  GetConfigurationPolicyResponse,
  SecurityControlCustomParameter,
  SecurityHubPolicy,
} from '@aws-sdk/client-securityhub';
import type { Aws } from '../../model/aws.ts';
import type { Json } from '../../model/json.ts';
import type { Reason } from '../../model/problem.ts';
import type { Observation, Value } from '../../model/resource.ts';
import { STANDARDS, standardArn, standardOf } from '../../settings/security-hub/standards.ts';
import type { Definitions } from '../security-hub-control/read.ts';

/** @param definitions of the controls there are; absent where what may be written in a policy does not matter */
export function observePolicy(
  policy: GetConfigurationPolicyResponse,
  aws: Aws,
  definitions: Definitions | undefined,
): Observation {
  const hub = policy.ConfigurationPolicy?.SecurityHub;
  const arns = hub?.EnabledStandardIdentifiers ?? [];
  const handles = {
    ...Object.fromEntries(STANDARDS.map((one) => [`standard ${one}`, standardArn(one, aws)])),
    ...Object.fromEntries(arns.map((arn) => [`standard ${standardOf(arn)}`, arn])),
  };
  const about = { name: policy.Name ?? '', ...(definitions && { parameters: kindsOf(definitions) }) };
  if (!hub || !isUnderstood(hub)) return { value: {}, handles, about, unread: NOT_UNDERSTOOD };
  return { value: { ...namesOf(policy), ...settingsOf(hub, arns) }, handles, about };
}

function namesOf({ Name, Description }: GetConfigurationPolicyResponse): Value {
  return {
    ...(Name !== undefined && { name: Name }),
    ...(Description !== undefined && Description !== '' && { description: Description }),
  };
}

/** One of the two lists says what holds for all controls that it does not name: without either, nobody knows. */
function isUnderstood({ ServiceEnabled, SecurityControlsConfiguration: controls }: SecurityHubPolicy): boolean {
  if (ServiceEnabled !== true) return ServiceEnabled === false;
  const [on, off] = [controls?.EnabledSecurityControlIdentifiers, controls?.DisabledSecurityControlIdentifiers];
  return (on !== undefined || off !== undefined) && !((on?.length ?? 0) > 0 && (off?.length ?? 0) > 0);
}

function settingsOf(hub: SecurityHubPolicy, arns: readonly string[]): Value {
  if (hub.ServiceEnabled !== true) return { enabled: false };
  const { EnabledSecurityControlIdentifiers: on, DisabledSecurityControlIdentifiers: off } =
    hub.SecurityControlsConfiguration ?? {};
  const parameters = hub.SecurityControlsConfiguration?.SecurityControlCustomParameters ?? [];
  const isOnly = off === undefined || (on?.length ?? 0) > 0;
  const named = (isOnly ? on : off) ?? [];
  return {
    enabled: true,
    otherControls: isOnly ? 'disabled' : 'enabled',
    ...Object.fromEntries(arns.map((arn) => [`standard ${standardOf(arn)}`, true])),
    ...Object.fromEntries(named.map((id) => [`control ${id}`, isOnly ? 'ENABLED' : 'DISABLED'])),
    ...Object.fromEntries(parameters.flatMap(parameterFields)),
  };
}

/** `default` is what a policy says explicitly, which is not the same as saying nothing. */
function parameterFields({ SecurityControlId: id, Parameters = {} }: SecurityControlCustomParameter): [string, Json][] {
  return Object.entries(Parameters).map(([name, { ValueType, Value }]) => [
    `parameter ${id} ${name}`,
    ValueType === 'CUSTOM' ? (Value as unknown as Json) : 'default',
  ]);
}

/** Control → parameter → kind, for every control there is. */
function kindsOf(definitions: Definitions): Json {
  return Object.fromEntries(
    [...definitions].map(([id, { ParameterDefinitions = {} }]) => [
      id,
      Object.fromEntries(
        Object.entries(ParameterDefinitions).map(([name, { ConfigurationOptions }]) => [
          name,
          Object.keys(ConfigurationOptions ?? {})[0] ?? '',
        ]),
      ),
    ]),
  );
}

const NOT_UNDERSTOOD: Reason = {
  code: 'policy-not-understood',
  message: 'the answer about the configuration policy does not say which controls are on',
  advice: 'look at the policy in the console of Security Hub, and save it there once with a list of controls',
};
