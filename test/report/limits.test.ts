/** What a report counts as the world, as wide and as many: per target and group, whatever the order of the policies. */
import { describe, expect, it } from 'vitest';
import { collectReport } from '../../src/render/report/collect.ts';
import { limitsIn } from '../../src/render/report/limits.ts';
import { A, B, group, reading, snapshotOf, stateOf } from '../support/snapshots.ts';

const policy = (name: string, targets: string, params: string): string =>
  `kind: Policy\nname: ${name}\ntargets: { ${targets} }\nguardrails: { ingress-findings: ${params} }\n`;
const STRICT = policy('strict', `accounts: ["${A}"], regions: [eu-west-1]`, '{ publicPorts: [80], manyPorts: 10 }');
const MILD = policy('mild', 'accounts: [all]', '{ publicPorts: [22, 80], groups: { names: [web] } }');
const RULES = ['tcp 22 from 0.0.0.0/0', 'tcp 1-20 from 10.0.0.0/8', 'tcp 443 from 0.0.0.0/0'];

const found = { 'sg-1': group('web', ...RULES), 'sg-2': group('db', ...RULES) };
const snapshot = snapshotOf(
  ...[A, B].map((account) => reading({ account, reader: 'security-group', found })),
  reading({ region: 'us-east-1', reader: 'security-group', found }),
);

function said(yaml: string): Readonly<Record<string, readonly string[]>> {
  const { groups } = collectReport(snapshot, limitsIn(stateOf(yaml), snapshot.inventory));
  return Object.fromEntries(
    groups.map(({ account, region, name, rules }) => [
      `${account === A ? 'A' : 'B'} ${region} ${name}`,
      rules.flatMap(({ rule, findings }) => findings.map(({ severity }) => `${rule.split(' ')[1]} ${severity}`)),
    ]),
  );
}

const DEFAULT = ['22 high', '443 low'];

describe('a report', () => {
  it.each([
    ['in one order', `${STRICT}---\n${MILD}`],
    ['in the other', `${MILD}---\n${STRICT}`],
  ])('judges each group as the policies say that hold there, the gravest first: %s', (_, yaml) => {
    expect(said(yaml)).toEqual({
      'A eu-west-1 web': ['1-20 medium', '22 high', '443 high'],
      'A eu-west-1 db': ['1-20 medium', '22 high', '443 high'],
      'A us-east-1 web': ['22 low', '443 high'],
      'A us-east-1 db': DEFAULT,
      'B eu-west-1 web': ['22 low', '443 high'],
      'B eu-west-1 db': DEFAULT,
    });
  });

  it('judges by the defaults where no policy looks', () => {
    for (const findings of Object.values(said(''))) expect(findings).toEqual(DEFAULT);
  });
});
