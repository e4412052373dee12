import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { stateJsonSchema } from '../../src/state/schema.ts';
import { guardrails } from './sample.ts';

describe('the JSON Schema of the state', () => {
  const schema = stateJsonSchema(guardrails);
  const accepts = (yaml: string) =>
    z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(parse(yaml)).success;

  it.each([
    'kind: Fleet\naccounts: self',
    'kind: Fleet\naccounts: [{ id: "111122223333" }]\nlimits: { rate: { ec2: 20/s, iam: 5 } }',
    'kind: Ranges\nranges: { corporate: [198.51.100.0/24] }',
    'kind: Policy\nname: a\ntargets: { accounts: [all] }\nguardrails: { door-lock: { length: 8 } }',
    'kind: Exceptions\nexceptions: []',
  ])('accepts %j', (yaml) => {
    expect(accepts(yaml)).toBe(true);
  });

  it.each([
    'kind: Fleet\naccounts: everyone',
    'kind: Fleet\naccounts: self\nlimts: {}',
    'kind: Nothing',
    'kind: Policy\nname: a\ntargets: { accounts: [all] }\nguardrails: { dor-lock: {} }',
    'kind: Policy\nname: a\ntargets: { accounts: [all] }\nguardrails: { door-lock: { length: 3 } }',
  ])('refuses %j', (yaml) => {
    expect(accepts(yaml)).toBe(false);
  });

  it('describes each guardrail, for completion', () => {
    expect(JSON.stringify(schema)).toContain('"description":"How long the key is."');
  });
});
