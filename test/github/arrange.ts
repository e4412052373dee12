/** What happens around a pull request: somebody changes an account by hand; and where to look for what was posted. */
import { AuthorizeSecurityGroupIngressCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { DEMO_EXTERNAL_ID } from '../../src/sandbox/seeds/demo.ts';
import type { FakeGitHub } from '../support/github.ts';
import type { Project } from './project.ts';

function groupIn({ sandbox }: Project, account: string, name: string) {
  const place = sandbox.world.accounts.get(account)?.place('eu-west-1');
  const group = [...(place?.groups.values() ?? [])].find((one) => one.name === name);
  if (!place || !group) throw new Error(`no group ${name} in ${account}`);
  return { place, group };
}

/** A rule that nobody declared. */
export function openGroup(project: Project, account: string, name: string, port: number, cidr: string): void {
  const { place, group } = groupIn(project, account, name);
  const id = `sgr-${String(place.rules.size).padStart(17, '0')}`;
  const body = { egress: false, protocol: 'tcp', from: port, to: port, source: { kind: 'ipv4' as const, cidr } };
  const rule = { id, groupId: group.id, body, description: undefined, tags: new Map() };
  place.rules.set(id, rule);
  group.rules.add(rule);
}

/** The same by a call to EC2, in a session of a role of that account: CloudTrail knows who it was. */
export async function openGroupAs(project: Project, account: string, role: string, session: string): Promise<void> {
  const { url: endpoint, credentials: own } = project.sandbox;
  const sts = new STSClient({ endpoint, region: 'eu-west-1', credentials: own });
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/${role}`,
      RoleSessionName: session,
      ExternalId: DEMO_EXTERNAL_ID,
    }),
  );
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken = '' } = given ?? {};
  const credentials = { accessKeyId, secretAccessKey, sessionToken: SessionToken };
  const ec2 = new EC2Client({ endpoint, region: 'eu-west-1', credentials });
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  const GroupId = groupIn(project, account, 'default').group.id;
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
}

/** Takes all its rules away. */
export function closeGroup(project: Project, account: string, name: string): void {
  const { place, group } = groupIn(project, account, name);
  for (const { id } of group.rules) place.rules.delete(id);
  group.rules.clear();
}

/** Whom the ingress rules of a group let in, sorted. */
export function rulesOf(project: Project, account: string, name: string): string[] {
  const ingress = [...groupIn(project, account, name).group.rules].filter(({ body }) => !body.egress);
  return ingress.map(({ body: { source } }) => ('cidr' in source ? source.cidr : source.id)).sort();
}

/** Attaches an interface to a group. @returns what takes it away again */
export function useGroup(project: Project, account: string, name: string, id: string): () => void {
  const { place, group } = groupIn(project, account, name);
  const { vpcId } = group;
  const of = { type: 'interface', description: '', status: 'in-use', privateIp: '172.31.0.9', tags: new Map() };
  place.interfaces.set(id, { id, vpcId, subnetId: 'subnet-0123456789abcdef0', groups: [group.id], ...of });
  return () => void place.interfaces.delete(id);
}

export function setPasswords({ sandbox }: Project, id: string, minimumLength: number): void {
  const account = sandbox.world.accounts.get(id);
  if (!account) throw new Error(`no account ${id}`);
  const off = { symbols: false, numbers: false, uppercase: false, lowercase: false, hardExpiry: false };
  account.passwordPolicy = { minimumLength, usersMayChange: true, ...off };
}

/** Requests that would have changed something. */
export function writesOf({ sandbox }: Project): number {
  return sandbox.requests.filter(({ action }) => /^(Authorize|Revoke|Modify|Update|Delete|Create)/.test(action)).length;
}

export function commentOn(github: FakeGitHub, purpose: 'plan' | 'apply', on = 1): string {
  return github.comments.find((one) => one.on === on && one.body.startsWith(`<!-- trueup:${purpose}:`))?.body ?? '';
}

/** Everything as a state says that wants default groups empty and passwords of 14 characters. */
export function settle(project: Project): void {
  for (const [id, account] of project.sandbox.world.accounts) {
    if (!account.roles.has('trueup-read')) continue;
    setPasswords(project, id, 14);
    const place = account.place('eu-west-1');
    for (const group of [...place.groups.values()].filter(({ name }) => name === 'default')) {
      for (const rule of group.rules) place.rules.delete(rule.id);
      group.rules.clear();
    }
  }
}
