import { expect, it } from 'vitest';
import { guardrails } from '../../src/guardrails/index.ts';
import { sandboxWorld } from '../support/worlds.ts';
import { CASES } from './cases.ts';
import { contract } from './contract.ts';

it('has cases for every guardrail there is', () => {
  expect(Object.keys(CASES).sort()).toEqual(guardrails.map(({ name }) => name).sort());
});

for (const [guardrail, cases] of Object.entries(CASES)) contract(sandboxWorld, guardrail, cases);
