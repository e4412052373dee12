/** May the roles do what no dry run can try out? IAM's simulation says, in accounts where the read role may ask it. */
import type { EvaluationResult } from '@aws-sdk/client-iam';
import { openReader } from '../fleet/sessions.ts';
import { allowing, type Remedy } from '../iam/remedies.ts';
import { placeOfRole, roleArn } from '../iam/role.ts';
import { simulatePolicy } from '../iam/self-check.ts';
import { obstacleTo, questionsAbout, verdictFor } from '../iam/simulation.ts';
import { GLOBAL } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import type { Operation } from '../model/operation.ts';
import type { Target } from '../model/snapshot.ts';
import type { Run } from '../run.ts';
import { type Check, checkAt } from './doctor-check.ts';

/** An operation that could not be tried out at a place, and the role that it is for. */
export type Untried = { readonly place: Target; readonly role: string | undefined; readonly operation: Operation };

/** Role by role, once for the whole account: a role's policies are the same in every region. */
export async function simulate(account: string, untried: readonly Untried[], run: Run): Promise<Check[]> {
  const byRole = [...groupBy(untried, ({ role }) => role ?? '').entries()];
  const checks = await Promise.all(
    byRole.map(async ([role, some]) => {
      const answer = role === '' ? 'its credentials are not those of a role that could be simulated' : undefined;
      const results = answer ?? (await ask(account, role, some, run));
      return some.map((one) => judge(one, results, run));
    }),
  );
  return checks.flat();
}

type Answer = readonly EvaluationResult[] | { readonly why: string; readonly remedies: readonly Remedy[] } | string;

async function ask(account: string, role: string, some: readonly Untried[], run: Run): Promise<Answer> {
  const { connection, fleet } = run;
  const { partition } = connection.caller;
  const operations = [...new Set(some.map(({ operation }) => operation))];
  const source = { PolicySourceArn: filled(roleArn(placeOfRole(role), account), partition) };
  const place = { partition, account, region: fleet.homeRegion };
  try {
    const aws = await openReader(connection, fleet, { account, region: GLOBAL }, [simulatePolicy]);
    const results: EvaluationResult[] = [];
    for (const { resource, actions } of questionsAbout(operations, place)) {
      const call = simulatePolicy({ ...source, ActionNames: [...actions], ResourceArns: [resource] });
      for await (const { EvaluationResults = [] } of aws.pages(call)) results.push(...EvaluationResults);
    }
    return results;
  } catch (error) {
    const reason = connection.explain(error, { doing: 'simulate', account, operation: simulatePolicy.id });
    if (reason.code !== 'access-denied') return `the simulation failed: ${reason.message}`;
    return { why: `nor may ${simulatePolicy.id} be asked`, remedies: letSimulate(run) };
  }
}

/** The same words for every account, so that they are told once. */
function letSimulate({ fleet, connection }: Run): Remedy[] {
  const [remedy] = allowing(simulatePolicy, fleet.role.read ?? '', {
    partition: connection.caller.partition,
    account: '*',
  });
  const { name } = placeOfRole(fleet.role.read ?? '');
  const where = `the policy of the role ${name}, in each account ("trueup iam --self-check" writes it)`;
  return remedy ? [{ where, add: remedy.add }] : [];
}

function judge({ place, role, operation }: Untried, answer: Answer, { connection, fleet }: Run): Check {
  const unclear = (why: string, remedies: readonly Remedy[] = []): Check =>
    checkAt(place, 'unverified', operation.id, `not verifiable here: there is no dry run, ${why}`, remedies);
  if (typeof answer === 'string') return unclear(answer);
  if ('why' in answer) return unclear(answer.why, answer.remedies);
  const { partition } = connection.caller;
  const { account } = place;
  const verdict = verdictFor(operation, answer, { partition, account, region: fleet.homeRegion });
  if (verdict === 'allowed') return checkAt(place, 'ok', operation.id, 'is allowed, as IAM simulates it');
  if (verdict === 'unclear') return unclear('and conditions of its policy decide');
  const obstacle = obstacleTo(operation, answer, { partition, account, region: fleet.homeRegion });
  if (obstacle !== undefined)
    return checkAt(place, 'failed', operation.id, `is, to the role ${role} and as IAM simulates it, ${obstacle}`);
  const remedies = allowing(operation, role ?? '', { partition, account });
  return checkAt(place, 'failed', operation.id, `is not allowed to the role ${role}, as IAM simulates it`, remedies);
}

function filled(arn: string, partition: string): string {
  return arn.replace('{partition}', partition);
}
