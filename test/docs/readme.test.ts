/** The first plan that a reader sees is the one that the twelve lines above it make, of the organisation of the demo. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_SEED } from '../../src/sandbox/seeds/demo.ts';
import { type Desk, openDesk } from '../support/cli.ts';
import { blocksOf } from './pages.ts';
import { unseen } from './shown.ts';

const blocks = blocksOf('README.md');
const state = blocks.find(({ lang }) => lang === 'yaml')?.text ?? '';
const shown = blocks.find(({ text }) => text.includes(' UNREAD 1 '))?.text ?? '';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(DEMO_SEED, { 'state/guardrails.yaml': state });
});
afterAll(() => desk.close());

it('the README shows the plan that its state makes', async () => {
  const { code, stdout } = await desk.trueup(['plan']);
  expect(shown.split('\n').length).toBeGreaterThan(20);
  expect(unseen(shown.split('\n'), stdout)).toEqual([]);
  expect(code).toBe(1);
});
