/** Who decides about Security Hub? Its administrator was asked when the accounts were discovered; here is what it said. */
import { CENTRALLY_DECIDED, centralReads } from '../fleet/security-hub.ts';
import { allowing } from '../iam/remedies.ts';
import { GLOBAL } from '../model/address.ts';
import type { Reason } from '../model/problem.ts';
import type { Centre, FleetAccount, Inventory } from '../model/snapshot.ts';
import type { Governed } from '../plan/govern.ts';
import type { Run } from '../run.ts';
import { type Check, checkAt, told } from './doctor-check.ts';

const WHAT = 'Security Hub';

export function checkHubs({ accounts, centres = [] }: Inventory, governed: readonly Governed[], run: Run): Check[] {
  const meant = accounts.filter(({ id }) => governed.some(({ account }) => account === id));
  const demanded = new Set(governed.filter(asksForHub).map(({ account }) => account));
  if (!run.fleet.securityHub) return meant.filter(({ id }) => demanded.has(id)).map((one) => unknown(one, run));
  const reasons = meant.map((account) => managedOf(account)?.reason);
  const [unasked] = reasons;
  // Where nothing was learned of anybody, the administrator could not be asked.
  if (unasked && reasons.every((reason) => reason?.code === 'central-unknown')) return [notAsked(unasked, run)];
  return meant.map((account) => ownerOf(account, demanded.has(account.id), centres));
}

function asksForHub({ demands }: Governed): boolean {
  return demands.some(({ guardrail }) => CENTRALLY_DECIDED.includes(guardrail.resource.name));
}

function managedOf({ managed = [] }: FleetAccount) {
  return managed.find(({ resources }) => resources.some((one) => CENTRALLY_DECIDED.includes(one)));
}

/** Central configuration only matters where the state speaks of Security Hub: there its changes are held, unless they are planned. */
function ownerOf(account: FleetAccount, demanded: boolean, centres: readonly Centre[]): Check {
  const at = { account: account.id, region: GLOBAL };
  const managed = managedOf(account);
  if (!managed) return checkAt(at, 'ok', WHAT, 'is configured by each account itself');
  const { by, reason } = managed;
  if (by === undefined) return checkAt(at, demanded ? 'failed' : 'ok', WHAT, demanded ? told(reason) : reason.message);
  const hold = centres.find(({ id }) => id === by)?.hold;
  if (hold && demanded) return checkAt(at, 'failed', WHAT, told(hold));
  return checkAt(at, 'ok', WHAT, `is configured centrally, by policy ${by}: changes are planned there`);
}

function unknown({ id }: FleetAccount, { fleet }: Run): Check {
  const advice = `say who is asked with "securityHub: { administrator: …, homeRegion: … }" at ${fleet.at.file}:${fleet.at.line}`;
  const message = `not verifiable here whether it is configured centrally: ${advice}`;
  return checkAt({ account: id, region: GLOBAL }, 'unverified', WHAT, message);
}

function notAsked(reason: Reason, { fleet, connection }: Run): Check {
  const { administrator: account = '', homeRegion: region = '' } = fleet.securityHub ?? {};
  const place = { partition: connection.caller.partition, account };
  // The reason names what it was at the administrator; only a missing permission is mended by one.
  const mends = / was denied(?! by| explicitly)/.test(reason.message);
  const remedies = mends ? centralReads.flatMap((operation) => allowing(operation, fleet.role.read ?? '', place)) : [];
  return checkAt({ account, region }, 'failed', WHAT, told(reason), remedies);
}
