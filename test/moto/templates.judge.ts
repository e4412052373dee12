/** Templates and modules of `trueup iam`, judged by those who read them: cfn-lint, and Terraform where it is installed. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asCloudFormation } from '../../src/iam/cloudformation.ts';
import { asJson } from '../../src/iam/json.ts';
import { asTerraform } from '../../src/iam/terraform.ts';
import { hub, members, VALUES } from '../iam/bundles.ts';

const CFN_LINT = process.env.TRUEUP_CFN_LINT ?? 'cfn-lint';
const hasTerraform = spawnSync('terraform', ['version']).status === 0;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trueup-templates-'));
});
afterAll(() => rm(directory, { recursive: true }));

function say(command: string, words: readonly string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: directory, encoding: 'utf8', input });
  return status === 0 ? '' : `${command} ended with ${status}:\n${stdout}${stderr}`;
}

describe.each([members, hub])('the roles of $part', (bundle) => {
  it('are a template that cfn-lint has nothing to say about', { timeout: 120_000 }, async () => {
    const file = join(directory, `${bundle.part}.yaml`);
    await writeFile(file, asCloudFormation(bundle));
    expect(say(CFN_LINT, ['--include-checks', 'W', '--', file])).toBe('');
  });

  it.skipIf(!hasTerraform)('are a module as "terraform fmt" would write it', () => {
    expect(say('terraform', ['fmt', '-check', '-diff', '-'], asTerraform(bundle))).toBe('');
  });

  it.skipIf(!hasTerraform)('are documents that Terraform itself makes equal to the JSON', async () => {
    const place = join(directory, bundle.part);
    spawnSync('mkdir', [place]);
    await writeFile(join(place, 'main.tf'), evaluable(asTerraform(bundle)));
    const variables = Object.entries(VARIABLES).flatMap(([name, value]) => [`-var`, `${name}=${value}`]);
    const run = (...words: string[]) => spawnSync('terraform', [`-chdir=${place}`, ...words], { encoding: 'utf8' });
    expect(run('init', '-no-color').stderr).not.toContain('Error');
    const applied = run('apply', '-auto-approve', '-no-color', ...variables);
    expect(`${applied.status} ${applied.stderr}`).toMatch(/^0 /);
    const outputs = JSON.parse(run('output', '-json').stdout) as { [name: string]: { value: string } };
    const documents = Object.values(outputs).map(({ value }) => JSON.parse(value) as unknown);
    const account = bundle.part === 'hub' ? VALUES.hub : VALUES.account;
    const told = asJson({ ...bundle, known: { ...VALUES, account } }) as unknown as {
      readonly roles: readonly { readonly trust: unknown; readonly policies: { readonly trueup: unknown } }[];
      readonly boundaryPolicy?: { readonly document: unknown };
    };
    const expected = told.roles.flatMap(({ trust, policies }) => [trust, policies.trueup]);
    const boundary = told.boundaryPolicy ? [told.boundaryPolicy.document] : [];
    expect(documents).toHaveLength(expected.length + boundary.length);
    for (const one of [...expected, ...boundary]) expect(documents).toContainEqual(one);
  });
});

const VARIABLES = {
  hub_account: VALUES.hub,
  external_id: VALUES.externalId,
  github_owner: VALUES.owner,
  github_repository: VALUES.repository,
  github_owner_id: VALUES.ownerId,
  github_repository_id: VALUES.repositoryId,
  partition: VALUES.partition,
};

/** The same documents as outputs: without resources, Terraform evaluates them without asking AWS anything. */
function evaluable(module: string): string {
  const account = module.includes('variable "hub_account"') ? VALUES.account : VALUES.hub;
  const documents = [...module.matchAll(/ = (jsonencode\([\s\S]*?\n {2}\}\))\n/g)].map(
    ([, expression = ''], i) =>
      `output "document_${i}" {\n  sensitive = true\n  value = ${expression
        .replaceAll('data.aws_partition.current.partition', 'var.partition')
        .replaceAll('data.aws_caller_identity.current.account_id', `"${account}"`)}\n}`,
  );
  const names = Object.keys(VARIABLES).map((name) => `variable "${name}" {\n  type = string\n}`);
  return [...names, ...documents].join('\n\n');
}
