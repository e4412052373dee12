/** Every contract whose API moto has, on moto; and case by case, whether the sandbox agrees with it. */
import { expect, it } from 'vitest';
import { CASES } from '../contract/cases.ts';
import { type ContractCase, contract } from '../contract/contract.ts';
import { lackingFor, motoUrl, motoWorld } from '../support/moto-world.ts';
import { sandboxWorld } from '../support/worlds.ts';
import { DIFFERENCES, FILLED, MUST_JUDGE, NOT_AT_MOTO, NOT_JUDGED } from './differences.ts';
import { differencesBetween, transcribe } from './transcript.ts';

/** `guardrail: case` → the call that moto lacks. */
const lacking = new Map<string, string>(Object.entries(NOT_JUDGED));
const judged: { readonly guardrail: string; readonly cases: readonly ContractCase[] }[] = [];
for (const [guardrail, cases] of Object.entries(CASES)) {
  const without = NOT_AT_MOTO[guardrail];
  const calls = without === undefined ? await lackingFor(cases[0]?.guardrails ?? '') : [without];
  if (calls.length > 0) for (const { title } of cases) lacking.set(`${guardrail}: ${title}`, calls.join(', '));
  const left = cases.filter(({ title }) => !lacking.has(`${guardrail}: ${title}`));
  if (left.length > 0) judged.push({ guardrail, cases: left });
}
const pairs = judged.flatMap(({ guardrail, cases }) => cases.map((one) => ({ guardrail, title: one.title, one })));

console.info(`Not judged by moto:\n${[...lacking].map(([what, call]) => `  ${what} (no ${call})`).join('\n')}`);

it('judges at least what it must', () => {
  expect(judged.map(({ guardrail }) => guardrail)).toEqual(expect.arrayContaining([...MUST_JUDGE]));
});

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

it.each(Object.keys(FILLED))('moto still has no answer to %s', async (operation) => {
  const [service, Action = ''] = operation.split(':');
  const scope = `moto/20261121/eu-west-1/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const body = new URLSearchParams({ Action, Version: '2016-11-15' });
  const answer = await fetch(motoUrl(), { method: 'POST', headers: { authorization }, body });
  expect(answer.status).toBeGreaterThanOrEqual(500);
});
