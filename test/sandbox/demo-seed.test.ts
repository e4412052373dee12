/** Is the demo's organisation what the demo promises? */
import { expect, test } from 'vitest';
import { DEMO_SEED } from '../../src/sandbox/seeds/demo.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { derivedId } from '../../src/sandbox/world/ids.ts';

test('the demo has six accounts, three regions and the mess it is there to show', async () => {
  const sandbox = await startSandbox({ seed: DEMO_SEED });
  const accounts = [...sandbox.world.accounts.values()];
  const rules = accounts.flatMap((account) =>
    [...account.regions].flatMap((region) => [...account.place(region).rules.values()]),
  );
  await sandbox.close();

  expect(accounts).toHaveLength(6);
  expect(sandbox.world.regions).toEqual(['eu-west-1', 'us-east-1', 'ap-southeast-2']);
  expect(accounts.filter(({ state }) => state === 'SUSPENDED').map(({ name }) => name)).toEqual(['old-lab']);
  expect(accounts.filter(({ roles }) => !roles.has('trueup-read')).map(({ name }) => name)).toEqual([
    'acquired-analytics',
    'old-lab',
  ]);
  expect(accounts.filter(({ passwordPolicy }) => !passwordPolicy)).not.toHaveLength(0);
  expect(new Set(rules.map(({ body }) => body.source.kind))).toEqual(new Set(['ipv4', 'ipv6', 'group', 'prefix-list']));
});

test('two starts give the same ids', async () => {
  const dumps = [];
  for (let run = 0; run < 2; run += 1) {
    const sandbox = await startSandbox({ seed: DEMO_SEED });
    dumps.push(await (await fetch(`${sandbox.url}/_sandbox/state`)).text());
    await sandbox.close();
  }
  expect(dumps[0]).toBe(dumps[1]);
});

test('AWS would accept what the seed says: tags and descriptions keep its limits', async () => {
  const sandbox = await startSandbox({ seed: DEMO_SEED });
  const places = [...sandbox.world.accounts.values()].flatMap((account) =>
    [...account.regions].map((region) => account.place(region)),
  );
  await sandbox.close();
  const allowed = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;
  for (const { groups, rules } of places) {
    for (const { name, description, tags } of groups.values()) {
      expect(name).toMatch(allowed);
      expect(description).toMatch(allowed);
      for (const value of tags.values()) expect(value.length).toBeLessThanOrEqual(256);
    }
    for (const { description } of rules.values()) expect(description ?? '').toMatch(allowed);
  }
});

test('names that differ get ids that differ', () => {
  const ids = new Set<string>();
  for (let n = 0; n < 30_000; n += 1) ids.add(derivedId('sgr', `sg-${n % 100}`, 'false', `tcp ${n} from 10.0.0.0/8`));
  expect(ids.size).toBe(30_000);
});
