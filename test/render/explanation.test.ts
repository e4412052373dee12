/** An explanation reads as the state and the plan do: by name, values as they could be written, rules as in a diff. */
import { expect, it } from 'vitest';
import type { Explanation } from '../../src/plan/explain.ts';
import { renderExplanations } from '../../src/render/explanation.ts';
import { egress, rule, rules } from './fixtures.ts';

const at = (line: number) => ({ file: 'state/baseline.yaml', line, column: 3 });

function group(id: string, name: string): Explanation {
  return {
    resource: 'security-group',
    id,
    title: `${name} · ${id}`,
    outcome: 'in-state',
    now: rules(rule('tcp', [22, 22], '198.51.100.0/24', 'on-call'), rule('-1', undefined, id), egress('0.0.0.0/0')),
    exceptions: [],
    demands: [
      {
        policy: 'baseline',
        guardrail: 'allowed-ingress',
        at: at(10),
        values: [
          { path: '0', value: { ports: [22, 3389], from: ['corporate'], otherwise: 'narrow' }, at: at(11) },
          { path: 'whenInUse', value: 'hold' },
        ],
      },
    ],
  };
}

it('is in the order of names, and shows values as they are written and rules as in a diff', () => {
  const lines = renderExplanations([group('sg-0a', 'web'), group('sg-0b', 'app')], 100).split('\n');
  expect(lines.slice(0, 8)).toEqual([
    'security-group app · sg-0b: as the state says',
    '  allowed-ingress of policy baseline  state/baseline.yaml:10',
    '    entry 1: { ports: [22, 3389], from: [corporate], otherwise: narrow }  state/baseline.yaml:11',
    '    whenInUse: hold  (default)',
    '  now',
    '    all from itself',
    '    all to 0.0.0.0/0',
    '    tcp 22 from 198.51.100.0/24  “on-call”',
  ]);
  expect(lines[9]).toBe('security-group web · sg-0a: as the state says');
});

it('goes on further in where the terminal ends', () => {
  const lines = renderExplanations([group('sg-0a', 'web')], 60).split('\n');
  expect(lines.slice(2, 4)).toEqual([
    '    entry 1: { ports: [22, 3389], from: [corporate],',
    '        otherwise: narrow }  state/baseline.yaml:11',
  ]);
});
