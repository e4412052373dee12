/** Every contract whose API moto has, on moto; and case by case, whether the sandbox agrees with it. */
import { describe, expect, it } from 'vitest';
import { CASES } from '../contract/cases.ts';
import { contract } from '../contract/contract.ts';
import { motoUrl, motoWorld } from '../support/moto-world.ts';
import { sandboxWorld } from '../support/worlds.ts';
import { DIFFERENCES, FILLED, NOT_JUDGED } from './differences.ts';
import { differencesBetween, transcribe } from './transcript.ts';

const judged = Object.entries(CASES).flatMap(([guardrail, cases]) => {
  const left = cases.filter(({ title }) => !(guardrail in NOT_JUDGED) && !(`${guardrail}: ${title}` in NOT_JUDGED));
  return left.length > 0 ? [{ guardrail, cases: left }] : [];
});
const pairs = judged.flatMap(({ guardrail, cases }) => cases.map((one) => ({ guardrail, title: one.title, one })));

for (const { guardrail, cases } of judged) contract(motoWorld, guardrail, cases);

const met = new Set<unknown>();
it.each(pairs)('the sandbox agrees with moto about $guardrail: $title', async ({ guardrail, one }) => {
  const found = differencesBetween(await transcribe(sandboxWorld, one), await transcribe(motoWorld, one));
  const open = found.filter((line) => {
    const known = DIFFERENCES.filter((each) => each.guardrail === guardrail && each.where.test(line));
    for (const each of known) met.add(each);
    return known.length === 0;
  });
  expect(open).toEqual([]);
});

it('lists no difference that is none', () => {
  expect(DIFFERENCES.filter((each) => !met.has(each))).toEqual([]);
});

describe('what moto does not judge', () => {
  const calls = [...new Set([...Object.values(NOT_JUDGED), ...Object.keys(FILLED)])];

  it.each(calls)('%s is still missing in moto', async (operation) => {
    const [service, Action = ''] = operation.split(':');
    const authorization = `AWS4-HMAC-SHA256 Credential=moto/20261121/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
    const body = new URLSearchParams({ Action, Version: '2016-11-15' });
    const answer = await fetch(motoUrl(), { method: 'POST', headers: { authorization }, body });
    expect(answer.status).toBeGreaterThanOrEqual(500);
  });

  it('is named', () => {
    const names = Object.keys(NOT_JUDGED).map((name) => name.split(':')[0]);
    for (const name of names) expect(Object.keys(CASES)).toContain(name);
    console.info(
      `Not judged by moto:\n${Object.entries(NOT_JUDGED)
        .map(([what, call]) => `  ${what} (no ${call})`)
        .join('\n')}`,
    );
  });
});
