/** What is generated from the code is current. `npm run generate` writes it anew. */
import { expect, it } from 'vitest';
import { guardrails } from '../../src/guardrails/index.ts';
import { resources } from '../../src/run.ts';
import { loadDocuments } from '../../src/state/load.ts';
import { stateJsonSchema } from '../../src/state/schema.ts';
import { TODAY } from '../support/sandbox.ts';
import { ACCOUNT, fleetYaml } from '../support/worlds.ts';
import { fieldsOf } from './fields.ts';
import { GUARDRAIL_NOTES } from './guardrail-notes.ts';
import { exampleOf, guardrailPage } from './guardrail-page.ts';

it('has a current reference of the guardrails (if not: npm run generate)', async () => {
  await expect(guardrailPage(guardrails)).toMatchFileSnapshot('../../docs/guardrails.md');
});

it('has a current JSON Schema of the state (if not: npm run generate)', async () => {
  const schema = `${JSON.stringify(stateJsonSchema(guardrails), null, 2)}\n`;
  await expect(schema).toMatchFileSnapshot('../../schema/state.schema.json');
});

it('says of every field of a guardrail what it means', () => {
  const silent = guardrails.flatMap(({ name, schema }) =>
    fieldsOf(schema).flatMap(({ path, meaning }) => (meaning.trim() === '' ? `${name}: ${path}` : [])),
  );
  expect(silent).toEqual([]);
});

it('has notes on guardrails that there are', () => {
  const names = guardrails.map(({ name }) => name);
  expect(Object.keys(GUARDRAIL_NOTES).filter((name) => !names.includes(name))).toEqual([]);
});

it.each(guardrails.map((guardrail) => ({ name: guardrail.name, guardrail })))(
  'has an example of $name that loads',
  ({ name, guardrail }) => {
    const policy = `kind: Policy\nname: example\ntargets: { accounts: [all] }\n${exampleOf(guardrail)}`;
    const options = { guardrails, env: {}, today: TODAY };
    const state = loadDocuments([{ path: 'example.yaml', text: fleetYaml(ACCOUNT) + policy }], options);
    expect(state.policies.flatMap((one) => one.guardrails.map((entry) => entry.guardrail))).toContain(name);
  },
);

it('says what cannot be restored wherever a plan may have to say it', () => {
  const silent = [...resources.values()].filter(({ losses, undo }) => losses && undo === undefined);
  expect(silent.map(({ name }) => name)).toEqual([]);
});
