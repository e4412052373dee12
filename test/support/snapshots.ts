/** Snapshots and states made by hand, for tests of what is pure. */

import { guardrails } from '../../src/guardrails/index.ts';
import { parseRuleName, ruleName } from '../../src/ingress/rule.ts';
import type { Guardrail } from '../../src/model/guardrail.ts';
import type { Observation } from '../../src/model/resource.ts';
import type { Rule, Rules } from '../../src/model/rule.ts';
import type { Reading, Snapshot } from '../../src/model/snapshot.ts';
import type { State } from '../../src/model/state.ts';
import { resources } from '../../src/resources/index.ts';
import { loadDocuments } from '../../src/state/load.ts';
import { TODAY } from './sandbox.ts';

export const A = '111122223333';
export const B = '444455556666';

export function stateOf(yaml: string, some: readonly Guardrail[] = guardrails): State {
  const fleet = `kind: Fleet\naccounts: [{ id: "${A}" }, { id: "${B}" }]\nhomeRegion: eu-west-1\nregions: [eu-west-1, us-east-1]\n---\n`;
  return loadDocuments([{ path: 'state.yaml', text: fleet + yaml }], { guardrails: some, env: {}, today: TODAY });
}

/** `{ web: ['tcp 22 from 0.0.0.0/0'] }` → rules under their names. */
export function rulesOf(...texts: readonly string[]): Rules {
  return Object.fromEntries(
    texts.map((text) => {
      const rule = parseRuleName(text);
      if ('problem' in rule) throw new Error(rule.problem);
      return [ruleName(rule as Rule), rule as Rule];
    }),
  );
}

export function group(name: string, ...rules: readonly string[]): Observation {
  const value = rulesOf(...rules);
  const handles = Object.fromEntries(Object.keys(value).map((rule, i) => [rule, `sgr-${name}${i}`]));
  return { value, handles, about: { name, vpc: 'vpc-00000001', description: '', tags: {} } };
}

export function reading(part: Partial<Reading> & Pick<Reading, 'reader' | 'found'>): Reading {
  return { account: A, region: 'eu-west-1', want: {}, ...part };
}

/** Nobody uses these groups. */
export function unused(...ids: readonly string[]): Reading {
  const found = Object.fromEntries(ids.map((id) => [id, { value: {}, handles: {}, about: {} }]));
  return reading({ reader: 'security-group-use', found, want: { ids } });
}

/** Everywhere else there was nothing to find. */
export function snapshotOf(...readings: readonly Reading[]): Snapshot {
  const regions = ['eu-west-1', 'us-east-1'];
  const broad = new Set(
    readings.flatMap(({ account, region, reader, want }) => (want.close ? [] : [`${account}/${region}/${reader}`])),
  );
  const nothing = resources.flatMap(({ name, scope }) =>
    [A, B].flatMap((account) =>
      (scope === 'global' ? ['global'] : regions)
        .filter((region) => !broad.has(`${account}/${region}/${name}`))
        .map((region) => reading({ account, region, reader: name, found: {} })),
    ),
  );
  return {
    format: 'trueup-snapshot/1',
    stamp: { world: 'sandbox', fleet: 'default', partition: 'aws', caller: A, by: '0.0.0' },
    takenAt: `${TODAY}T12:00:00.000Z`,
    inventory: {
      caller: { account: A, arn: `arn:aws:sts::${A}:assumed-role/hub/test`, partition: 'aws' },
      accounts: [
        { id: A, name: 'first', regions },
        { id: B, name: 'second', regions },
      ],
      skipped: [],
      unreachable: [],
    },
    readings: [...readings, ...nothing],
  };
}
