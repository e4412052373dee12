/** Reads a role as it is deployed: whom it trusts, its own policies, what is attached to it, and what bounds it. */
import type { Aws } from '../model/aws.ts';
import type { Json } from '../model/json.ts';
import type { Deployed } from './compare.ts';
import { getManaged, getManagedVersion, getPolicy, getRole, listAttached, listPolicies } from './self-check.ts';

/** @throws Error `NoSuchEntityException` where there is no such role; managed policies that cannot be read are left open. */
export async function readRole(RoleName: string, aws: Aws): Promise<Deployed> {
  const { Role: role } = await aws.send(getRole({ RoleName }));
  const arn = role?.PermissionsBoundary?.PermissionsBoundaryArn;
  const [policies, attached, boundary] = await Promise.all([
    readInline(RoleName, aws),
    readAttached(RoleName, aws),
    arn === undefined ? undefined : readManaged(arn, aws),
  ]);
  return {
    trust: decoded(role?.AssumeRolePolicyDocument),
    ...(role?.Path !== undefined && { path: role.Path }),
    policies,
    attached,
    ...(arn !== undefined && { boundary: { arn, document: boundary } }),
  };
}

async function readInline(RoleName: string, aws: Aws): Promise<Deployed['policies']> {
  const names: string[] = [];
  for await (const { PolicyNames = [] } of aws.pages(listPolicies({ RoleName }))) names.push(...PolicyNames);
  const policies = names.map(async (PolicyName) => {
    const { PolicyDocument } = await aws.send(getPolicy({ RoleName, PolicyName }));
    return [PolicyName, decoded(PolicyDocument)] as const;
  });
  return Object.fromEntries(await Promise.all(policies));
}

async function readAttached(RoleName: string, aws: Aws): Promise<Deployed['attached']> {
  const arns: string[] = [];
  for await (const { AttachedPolicies = [] } of aws.pages(listAttached({ RoleName })))
    arns.push(...AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []));
  return Object.fromEntries(await Promise.all(arns.map(async (arn) => [arn, await readManaged(arn, aws)] as const)));
}

/** `undefined` where it cannot be read: the comparison then says what it leaves out. */
async function readManaged(PolicyArn: string, aws: Aws): Promise<Json | undefined> {
  try {
    const { Policy } = await aws.send(getManaged({ PolicyArn }));
    const { PolicyVersion } = await aws.send(
      getManagedVersion({ PolicyArn, VersionId: Policy?.DefaultVersionId ?? 'v1' }),
    );
    return decoded(PolicyVersion?.Document);
  } catch {
    return undefined;
  }
}

/** IAM answers with documents that are encoded as in a URL. */
function decoded(document: string | undefined): Json {
  return document === undefined ? null : (JSON.parse(decodeURIComponent(document)) as Json);
}
