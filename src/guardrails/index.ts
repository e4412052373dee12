/** Every guardrail a policy can name. */
import type { Guardrail } from '../model/guardrail.ts';
import { settings } from '../settings/index.ts';
import { allowedIngress } from './allowed-ingress.ts';
import { defaultSecurityGroup } from './default-security-group.ts';
import { ingressFindings } from './ingress-findings.ts';
import { securityGroupRules } from './security-group-rules.ts';
import { securityHubControls } from './security-hub-controls.ts';

export const guardrails: readonly Guardrail[] = [
  allowedIngress,
  defaultSecurityGroup,
  ingressFindings,
  securityGroupRules,
  securityHubControls,
  ...settings.map(({ guardrail }) => guardrail),
];
