/** KMS, as far as which key an alias stands for. https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html */
import { ServiceError } from '../errors.ts';
import type { Call, Service } from '../service.ts';
import { text, whole } from '../wire/fields.ts';
import { jsonProtocol } from '../wire/json-protocol.ts';
import { derivedId } from '../world/ids.ts';

/** AWS services whose keys an account has; enough of them for a second page. */
const SERVICES = ['acm', 'backup', 'dynamodb', 'ebs', 'elasticfilesystem', 'lambda', 'rds', 's3', 'sns', 'sqs', 'ssm'];

export const kms: Service = {
  name: 'kms',
  protocol: jsonProtocol,
  regional: true,
  actions: { ListAliases: { run: listAliases } },
};

/** The AWS managed key of EBS. */
export function managedKeyId(account: string, region: string): string {
  return keyOf('ebs', account, region);
}

function keyOf(service: string, account: string, region: string): string {
  const half = (part: string): string => derivedId(part, account, region, service).slice(-16);
  return `${half('first')}${half('second')}`.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Sorted by nothing that a caller could rely on; a page may hold fewer than asked for. */
function listAliases(call: Call): object {
  const { account, region, world } = call;
  const limit = whole(call.input, 'Limit') ?? 50;
  if (!(limit >= 1 && limit <= 100)) throw new ServiceError('ValidationException', 'Limit must be between 1 and 100');
  const start = Number(text(call.input, 'Marker') ?? 0);
  const end = start + Math.min(limit, 4);
  const aliases = SERVICES.map((service) => {
    const AliasName = `alias/aws/${service}`;
    const AliasArn = `arn:${world.partition}:kms:${region}:${account.id}:${AliasName}`;
    return { AliasName, AliasArn, TargetKeyId: keyOf(service, account.id, region) };
  });
  const more = end < aliases.length;
  return { Aliases: aliases.slice(start, end), Truncated: more, ...(more && { NextMarker: String(end) }) };
}
