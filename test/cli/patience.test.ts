/** Waiting says why and for how long, once, and names no account: it may be said where only numbers are published. */
import { afterEach, expect, it } from 'vitest';
import { patience } from '../../src/commands/patience.ts';
import { planNow } from '../contract/contract.ts';
import { type Desk, FIVE, openHub } from '../support/hub.ts';
import { ACCOUNT, REGION } from '../support/worlds.ts';

let desk: Desk;
afterEach(() => desk.close());

it('a standard that is not ready is waited for, and it is said once', async () => {
  desk = await openHub();
  desk.sandbox.world.hubs
    .in(ACCOUNT, REGION)
    .subscriptions.set(FIVE[3], { readyAt: desk.sandbox.world.clock.now() + 30_000 });
  const run = await desk.open('  security-hub-controls: { disabled: { IAM.1: elsewhere } }');
  const said: string[] = [];
  const wait = patience({ say: (text) => said.push(text) }, desk.wait);
  expect((await planNow({ ...run, wait })).cells).toHaveLength(1);
  expect(said).toEqual([
    'waiting while AWS is still at work (standard-not-ready): looked at again for up to 67 seconds',
  ]);
});
