/** `trueup doctor`: can every target be reached, and every permission be used? What is missing, and where to add it. */
import PQueue from 'p-queue';
import { discover } from '../fleet/discover.ts';
import { guardrails } from '../guardrails/index.ts';
import { assuming, isMendable } from '../iam/remedies.ts';
import { GLOBAL } from '../model/address.ts';
import type { Inventory } from '../model/snapshot.ts';
import { type Governed, governedTargets } from '../plan/govern.ts';
import { refuseUnknown } from '../reading.ts';
import { renderJson } from '../render/json.ts';
import type { Run } from '../run.ts';
import { type Check, checkAt, told } from './doctor-check.ts';
import { checkAccount, checkPlace } from './doctor-checks.ts';
import { checkHubs } from './doctor-security-hub.ts';
import { simulate } from './doctor-simulation.ts';
import { tellChecks } from './doctor-table.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { withRun } from './session.ts';

export async function doctor(options: CommonOptions, io: Io): Promise<ExitCode> {
  // Dry runs of changes are sent like changes: only to where changes may be sent.
  return withRun(options, 'apply', io, async (run) => {
    const inventory = await discover(run.fleet, run.state.policies, run.connection);
    refuseUnknown(run.only, inventory);
    const governed = governedTargets(run.state, inventory, guardrails, run.only);
    const found = await examine(governed, run, options, io);
    const checks = [...unreached(inventory, run), ...checkHubs(inventory, governed, run), ...found];
    io.result(options.json ? renderJson(checks) : tellChecks(checks, io));
    return checks.some(({ status }) => status === 'failed') ? EXIT.error : EXIT.done;
  });
}

/** Account by account: what fails for a whole account is told once, and its regions are left alone. */
async function examine(
  governed: readonly Governed[],
  run: Run,
  options: CommonOptions,
  io: Io,
): Promise<readonly Check[]> {
  const accounts = [...new Set(governed.map(({ account }) => account))];
  const tryWrites = !options.allowEndpoint;
  const queue = new PQueue({ concurrency: run.fleet.limits.concurrency });
  let done = 0;
  const found = await queue.addAll(
    accounts.map((account) => async () => {
      const { checks, usable } = await checkAccount(account, run);
      const places = usable ? governed.filter((place) => place.account === account) : [];
      const inPlaces = await Promise.all(places.map((place) => checkPlace(place, run, tryWrites)));
      const untried = inPlaces.flatMap((one) => one.untried);
      const simulated = await simulate(account, untried, run);
      done += 1;
      io.progress('examine', done, accounts.length);
      return [...checks, ...inPlaces.flatMap((one) => one.checks), ...simulated];
    }),
  );
  return found.flat();
}

/** Accounts whose regions could not even be listed. */
function unreached({ unreachable }: Inventory, { connection, fleet, only }: Run): Check[] {
  const { partition, arn } = connection.caller;
  const meant = unreachable.filter(({ id }) => !only?.accounts || only.accounts.includes(id));
  return meant.map(({ id: account, reason }) => {
    const role = ['role-not-assumable', 'source-identity-not-allowed'].includes(reason.code) && fleet.role.read;
    const remedies = role && isMendable(reason) ? assuming(role, arn, fleet, { partition, account }) : [];
    return checkAt({ account, region: GLOBAL }, 'failed', 'discovery', told(reason), remedies);
  });
}
