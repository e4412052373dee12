/**
 * Who keeps changing something? Asks CloudTrail's event history of one account and region, which is there without any
 * trail and goes back 90 days. What it says was written by whoever made the call: it is text to be shown, nothing more.
 */
import type { Event, LookupAttribute } from '@aws-sdk/client-cloudtrail';
import type { Aws, Connection } from '../model/aws.ts';
import { groupBy } from '../model/group-by.ts';
import { lazyOperation } from '../model/operation.ts';
import type { Address } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import type { Resource } from '../model/resource.ts';
import type { Fleet } from '../model/state.ts';
import { openReader } from './sessions.ts';

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
export const lookupEvents = lazyOperation(
  'cloudtrail:LookupEvents',
  async () => (await import('@aws-sdk/client-cloudtrail')).LookupEventsCommand,
);

/** Somebody, and the last of the calls by which they changed it. */
export type Changer = {
  readonly who: string;
  /** The service that made the calls for them. */
  readonly through?: string;
  readonly event: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly times: number;
};

/** `changers`: the latest first; empty where CloudTrail has nothing by anybody but Trueup. */
export type Trace = { readonly changers: readonly Changer[] } | { readonly unread: Reason };

export type Asking = {
  readonly connection: Connection;
  readonly fleet: Pick<Fleet, 'role'>;
  readonly resource: Pick<Resource, 'trail' | 'writes'>;
  readonly since: Date;
};

/** Never throws: that nobody can be named is an answer too. */
export async function whoChanged(address: Address, { connection, fleet, resource, since }: Asking): Promise<Trace> {
  const { account, region, id } = address;
  try {
    const aws = await openReader(connection, fleet, address, [lookupEvents]);
    const events: Event[] = [];
    for (const attribute of attributesOf(resource, id)) events.push(...(await lookUp(aws, attribute, since)));
    return { changers: changersIn(events, { id, roles: [fleet.role.write, fleet.role.heal] }) };
  } catch (error) {
    const doing = 'look up in CloudTrail who changed it';
    return { unread: connection.explain(error, { doing, account, region, operation: lookupEvents.id }) };
  }
}

function attributesOf({ trail, writes }: Asking['resource'], id: string): LookupAttribute[] {
  const { byId, events } = trail ?? { events: writes.map(eventOf) };
  return [
    ...(byId ? [{ AttributeKey: 'ResourceName' as const, AttributeValue: id }] : []),
    ...events.map((name) => ({ AttributeKey: 'EventName' as const, AttributeValue: name })),
  ];
}

/** An event is called as the request is. */
function eventOf({ id }: Resource['writes'][number]): string {
  return id.slice(id.indexOf(':') + 1);
}

/** Two requests a second are all that an account and region gets, and the latest come first: these are enough. */
const MOST_PAGES = 2;

async function lookUp(aws: Aws, attribute: LookupAttribute, since: Date): Promise<Event[]> {
  const events: Event[] = [];
  let pages = 0;
  for await (const page of aws.pages(lookupEvents({ LookupAttributes: [attribute], StartTime: since }))) {
    events.push(...(page.Events ?? []));
    pages += 1;
    if (pages === MOST_PAGES) break;
  }
  return events;
}

type Known = { readonly id: string; readonly roles: readonly (string | undefined)[] };

/** Pure. @param roles of the fleet, with which Trueup writes */
export function changersIn(events: readonly Event[], { id, roles }: Known): Changer[] {
  const once = new Map(events.map((event) => [event.EventId ?? event, event]));
  const changes = [...once.values()].flatMap((event) => changeIn(event, id, roles) ?? []);
  const byWho = [...groupBy(changes, ({ who, through = '' }) => `${who}\n${through}`).values()];
  return byWho
    .flatMap((all) => {
      const [last] = all.sort((a, b) => (a.at < b.at ? 1 : -1));
      return last ? [{ ...last, times: all.length }] : [];
    })
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

type Change = Omit<Changer, 'times'>;

/** What was not a change of this very thing, did not happen, or was our own doing is none. */
function changeIn({ CloudTrailEvent: text = '', EventName: event, EventTime: at, ReadOnly }: Event, ...about: About) {
  const [id, roles] = about;
  const told = parse(text);
  if (ReadOnly === 'true' || told.errorCode !== undefined || !event || !at) return undefined;
  // The names of events are those of all instances in the region.
  if (id !== '' && !text.includes(id)) return undefined;
  const identity = told.userIdentity ?? {};
  if (isOurs(identity, roles)) return undefined;
  const through = identity.invokedBy;
  const change: Change = { who: nameOf(identity), event, at: at.toISOString(), ...(through && { through }) };
  return change;
}

type About = readonly [id: string, roles: Known['roles']];

/** As far as it is used; whatever else it may hold. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
type Identity = {
  readonly type?: string;
  readonly arn?: string;
  readonly principalId?: string;
  readonly userName?: string;
  readonly invokedBy?: string;
};

function parse(text: string): { readonly errorCode?: string; readonly userIdentity?: Identity } {
  try {
    const { errorCode, userIdentity } = JSON.parse(text) as { errorCode?: unknown; userIdentity?: unknown };
    const identity = Object.entries((userIdentity ?? {}) as object).filter(([, value]) => typeof value === 'string');
    return {
      ...(typeof errorCode === 'string' && { errorCode }),
      userIdentity: Object.fromEntries(identity) as Identity,
    };
  } catch {
    return {};
  }
}

/** `arn:aws:sts::111122223333:assumed-role/Admin/dana` → `assumed-role/Admin/dana` */
function nameOf({ arn = '', userName, invokedBy, principalId, type }: Identity): string {
  const name = arn.split(':').slice(5).join(':');
  return name || userName || invokedBy || principalId || type || 'somebody whom CloudTrail does not name';
}

/** Sessions of Trueup's writing roles under the names that Trueup gives: a person who takes the role has another. */
function isOurs({ arn = '' }: Identity, roles: Known['roles']): boolean {
  const [, role, session = ''] = /:assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
  // The ARN of a session leaves out the path of its role.
  return (
    session.startsWith('trueup-apply-') && roles.some((one) => one !== undefined && one.split('/').at(-1) === role)
  );
}
