/** Whether the roles that `trueup iam` prints may do what Trueup has asked of the sandboxes of the whole suite. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardrails } from '../../src/guardrails/index.ts';
import { asJson } from '../../src/iam/json.ts';
import { memberRoles } from '../../src/iam/member-roles.ts';
import { neededBy } from '../../src/iam/needed.ts';
import { resources } from '../../src/resources/index.ts';
import { evaluate } from '../../src/sandbox/iam/evaluate.ts';
import { type Policy, parsePolicy } from '../../src/sandbox/iam/policy.ts';
import { fleet as fleetWith, policy as policyFor } from '../fleet/fleets.ts';
import type { PrintedRole } from './printed-roles.ts';

/** Where workers write down what they hear: see `record-calls.ts`. */
const PLACE = 'TRUEUP_TEST_RECORDED_CALLS';

/** What tests of the connection send: an operation of their own, which no reader has. */
const OWN_TO_TESTS = ['ec2:DescribeVpcs'];

type Call = { readonly role: string; readonly action: string; readonly resource: string };

export function beginRecording(): void {
  process.env[PLACE] = mkdtempSync(join(tmpdir(), 'trueup-recorded-'));
}

/** @throws Error with what was done although no printed role may do it */
export function judgeRecorded(): void {
  const place = process.env[PLACE] ?? '';
  const lines = readdirSync(place).flatMap((file) =>
    readFileSync(join(place, file), 'utf8').split('\n').filter(Boolean),
  );
  rmSync(place, { recursive: true });
  const policies = widestRoles();
  const beyond = [...new Set(lines)].filter((line) => {
    const { role, action, resource } = JSON.parse(line) as Call;
    const policy = policies.get(role);
    if (OWN_TO_TESTS.includes(action)) return false;
    return !policy || evaluate({ identity: [policy] }, { action, resource, keys: new Map() }) !== 'allowed';
  });
  if (beyond.length > 0)
    throw new Error(`no role of "trueup iam" allows what the tests have done:\n${beyond.join('\n')}`);
}

/** For a state that uses every guardrail, and everything that can be asked for beside it. */
function widestRoles(): ReadonlyMap<string, Policy> {
  const at = { file: 'state/x.yaml', line: 1, column: 1 };
  const names = guardrails.map(({ name }) => name);
  const all = names.map((guardrail) => ({ guardrail, params: {}, at, positions: {} }));
  const fleet = fleetWith({
    role: { read: 'trueup-read', write: 'trueup-write', heal: 'trueup-heal' },
    heal: names,
    securityHub: { administrator: '1'.repeat(12), homeRegion: 'eu-west-1', linkedRegions: 'all', central: 'plan' },
  });
  const needed = neededBy(
    { policies: [{ ...policyFor(['all']), guardrails: all }] },
    fleet,
    resources.map(({ name }) => name),
  );
  const roles = memberRoles(fleet, needed, { selfCheck: true, report: true });
  const known = { partition: 'aws', hub: '2'.repeat(12) };
  const printed = asJson({ part: 'members', roles, provider: false, known }) as unknown as {
    readonly roles: readonly PrintedRole[];
  };
  return new Map(
    printed.roles.map(({ name, policies }) => [name, parsePolicy(JSON.stringify(policies.trueup), 'permissions')]),
  );
}
