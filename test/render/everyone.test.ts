import { expect, it } from 'vitest';
import { parseRuleName } from '../../src/ingress/rule.ts';
import type { Rule } from '../../src/model/rule.ts';
import { reachesEveryone } from '../../src/render/everyone.ts';

function rule(name: string): Rule {
  const parsed = parseRuleName(name);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

it.each([
  ['tcp 22 from 0.0.0.0/0', true],
  ['tcp 22 from ::/0', true],
  ['tcp 22 from 128.0.0.0/1', true],
  ['tcp 22 from 2000::/3', true],
  ['tcp 22 from 10.0.0.0/8', false],
  ['tcp 22 from sg-0abc', false],
  ['tcp 22 from pl-0abc', false],
])('%s reaches everyone or nearly so: %s', (name, everyone) => {
  expect(reachesEveryone(rule(name))).toBe(everyone);
});
