/** Roles as plain JSON: policy documents as they are stored in IAM. */
import type { Json } from '../model/json.ts';
import type { Bundle } from './bundle.ts';
import { fillWith, policyDocument, trustDocument } from './documents.ts';
import { AUDIENCE, ISSUER } from './hub-roles.ts';
import { POLICY_NAME } from './role.ts';

/** Roles stand in many accounts, so their own account is left open: a role's policy reaches no other account by itself. */
export function asJson({ part, roles, boundary, provider, known }: Bundle): Json {
  const fill = fillWith({ account: '*', externalId: 'EXTERNAL-ID-OF-THE-FLEET', ...known });
  return {
    part,
    ...(provider && { oidcProvider: { url: `https://${ISSUER}`, audiences: [AUDIENCE] } }),
    roles: roles.map((role) => ({
      name: role.name,
      path: role.path,
      description: role.description,
      maxSessionSeconds: 3600,
      ...(boundary !== undefined && { boundary: typeof boundary === 'string' ? boundary : boundary.name }),
      trust: trustDocument(role, fill),
      policies: { [POLICY_NAME]: policyDocument(role.statements, fill) },
    })),
    ...(typeof boundary === 'object' && {
      boundaryPolicy: { name: boundary.name, document: policyDocument(boundary.statements, fill) },
    }),
  };
}
