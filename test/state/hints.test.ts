/** Regions that nobody knows yet are told where they stand; those that AWS could not have named are refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Io } from '../../src/commands/io.ts';
import { validate } from '../../src/commands/validate.ts';
import { KNOWN_REGIONS, regionProblem, unknownRegion } from '../../src/model/region.ts';
import { load, marked, placesOf, problemsIn } from './sample.ts';

it.each([
  ['kind: Fleet\naccounts: self\nregions: [eu-west-1, ▸eu-west-11]\n', 'did you mean "eu-west-1"?'],
  ['kind: Fleet\naccounts: self\nregions: { exclude: [▸ue-west-2] }\n', 'did you mean'],
  ['kind: Fleet\naccounts: self\nhomeRegion: ▸us-east-3\n', 'did you mean "us-east-1"?'],
  ['kind: Fleet\naccounts: self\nendpoints: { ec2: { ▸eu-west-7: "https://ec2.example.com" } }\n', 'did you mean'],
  [
    'kind: Fleet\naccounts: self\n---\nkind: Policy\nname: x\ntargets: { accounts: [all], regions: [▸zz-south-1, "eu-*"] }\nguardrails: {}\n',
    'did you mean',
  ],
  [
    'kind: Fleet\naccounts: self\n---\nkind: Exceptions\nexceptions: [{ guardrail: door-lock, scope: { region: ▸eu-west-9 }, owner: a, reason: b, expires: 2026-12-31 }]\n',
    'did you mean',
  ],
])('%j loads, and is told', (yaml, advice) => {
  const { text, places } = marked(yaml);
  const { hints = [] } = load([text]);
  expect(placesOf(hints)).toEqual(places);
  expect(hints.map(({ code }) => code)).toEqual(['unknown-region']);
  expect(hints[0]?.message).toMatch(/this version knows no region/);
  expect(hints[0]?.advice).toContain(advice);
});

it('every command tells them beside its result, with the line, and validate ends well', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'trueup-hints-'));
  writeFileSync(join(directory, 'fleet.yaml'), 'kind: Fleet\naccounts: self\nregions: [eu-west-11]\n');
  const [results, said]: [string[], string[]] = [[], []];
  const io = { result: (text: string) => results.push(text), say: (text: string) => said.push(text) };
  const ended = await validate({ state: directory }, { ...io, env: {}, now: new Date() } as unknown as Io);
  expect(ended).toBe(0);
  expect(results.join()).toContain('valid');
  expect(said.join('\n')).toMatch(
    /3:11 {2}this version knows no region "eu-west-11"\n {2}3 \| regions: \[eu-west-11\]/,
  );
  rmSync(directory, { recursive: true });
});

it('nothing is told of regions that are known', () => {
  expect(load([`kind: Fleet\naccounts: self\nregions: [${KNOWN_REGIONS.join(', ')}]\n`]).hints).toBeUndefined();
  expect(KNOWN_REGIONS.flatMap((region) => regionProblem(region) ?? unknownRegion(region) ?? [])).toEqual([]);
  // Announced or closed to most, and not in the list: none of them is refused.
  const others = [
    'sa-west-1',
    'us-iso-east-1',
    'us-isob-east-1',
    'us-isof-south-1',
    'eu-isoe-west-1',
    'ap-southeast-12',
  ];
  expect(others.filter(regionProblem)).toEqual([]);
});

it.each([
  ['eu-wset-1', 'eu-west-1'],
  ['eu-west1', 'eu-west-1'],
  ['eu-central-0', 'eu-central-1'],
  ['us-esat-1', 'us-east-1'],
  ['eu_west_1', 'eu-west-1'],
  ['EU-WEST-1', 'eu-west-1'],
])('%s is refused, with the nearest', (region, nearest) => {
  const problems = problemsIn([`kind: Fleet\naccounts: self\nhomeRegion: ${region}\n`]);
  expect(problems.map(({ advice }) => advice)).toEqual([`did you mean "${nearest}"?`]);
});
