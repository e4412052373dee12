/** What is held for a mistake in the state fails an apply: no run can mend it. */
import { expect, it } from 'vitest';
import { tellMistakes } from '../../src/commands/consent.ts';
import { cell, plan } from '../render/fixtures.ts';

const held = (code: string) => {
  const place = { account: '222222222222', region: 'eu-west-1', resource: 'security-hub-control', id: 'IAM.999' };
  return plan([cell({ ...place, before: {}, after: {}, held: { code, message: 'Security Hub has no control' } })]);
};

it.each([
  ['unknown-control', 3],
  ['unknown-parameter', 3],
  ['runs-nowhere', 3],
  ['in-use', 0],
])('%s ends with %i', (code, exit) => {
  const said: string[] = [];
  expect(tellMistakes(held(code), { say: (text) => said.push(text) })).toBe(exit);
  expect(said).toHaveLength(exit === 3 ? 1 : 0);
});
