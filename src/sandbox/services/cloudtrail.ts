/** CloudTrail, as far as its event history. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
import { ServiceError } from '../errors.ts';
import type { Call, Service } from '../service.ts';
import { records, text, whole } from '../wire/fields.ts';
import { jsonProtocol } from '../wire/json-protocol.ts';
import { parametersOf, resourcesOf, type TrailEvent } from '../world/trail.ts';

export const cloudtrail: Service = {
  name: 'cloudtrail',
  protocol: jsonProtocol,
  // The history of what has no region is kept in one that cannot be switched off, whatever the seed has.
  regional: false,
  actions: { LookupEvents: { run: lookUp } },
};

const PAGE = 50;
const ATTRIBUTES: { readonly [key: string]: (event: TrailEvent) => readonly string[] } = {
  EventId: ({ id }) => [id],
  EventName: ({ name }) => [name],
  EventSource: ({ source }) => [source],
  ReadOnly: () => ['false'],
  ResourceName: resourcesOf,
  Username: (event) => [sessionOf(event)],
};

/** Newest first. */
function lookUp({ account, region, input, world }: Call): object {
  const [attribute, second] = records(input, 'LookupAttributes');
  const [key, value] = [text(attribute ?? {}, 'AttributeKey') ?? '', text(attribute ?? {}, 'AttributeValue') ?? ''];
  if (second || (attribute && !(key in ATTRIBUTES)))
    throw new ServiceError('InvalidLookupAttributesException', 'Specify one attribute that can be looked up.');
  const most = whole(input, 'MaxResults') ?? PAGE;
  if (!(most >= 1 && most <= PAGE))
    throw new ServiceError('InvalidMaxResultsException', 'MaxResults must be between 1 and 50.');
  const [from, to] = [secondsOf(text(input, 'StartTime'), 0), secondsOf(text(input, 'EndTime'), Infinity)];
  const found = world.trail.filter(
    (event) =>
      event.account === account.id &&
      event.region === region &&
      event.at >= from * 1000 &&
      event.at <= to * 1000 &&
      (!attribute || ATTRIBUTES[key]?.(event).includes(value)),
  );
  const start = Number(text(input, 'NextToken') ?? 0);
  const events = found.reverse().slice(start, start + most);
  const more = start + most < found.length;
  return { Events: events.map((event) => written(event)), ...(more && { NextToken: String(start + most) }) };
}

function secondsOf(time: string | undefined, otherwise: number): number {
  return time === undefined ? otherwise : Number(time);
}

function written(event: TrailEvent): object {
  const { id, at, source, name, by, account, region, error, sourceIdentity } = event;
  const record = {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      arn: by,
      accountId: account,
      sessionContext: { ...(sourceIdentity !== undefined && { sourceIdentity }) },
    },
    eventTime: new Date(at).toISOString(),
    eventSource: source,
    eventName: name,
    awsRegion: region,
    requestParameters: parametersOf(event),
    eventID: id,
    readOnly: false,
    ...(error !== undefined && { errorCode: error }),
  };
  return {
    EventId: id,
    EventName: name,
    ReadOnly: 'false',
    EventTime: at / 1000,
    EventSource: source,
    Username: sessionOf(event),
    Resources: resourcesOf(event).map((ResourceName) => ({ ResourceName })),
    CloudTrailEvent: JSON.stringify(record),
  };
}

function sessionOf({ by }: TrailEvent): string {
  return by.slice(by.lastIndexOf('/') + 1);
}
