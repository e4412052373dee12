/** A client of S3's control API for an AWS on this machine. */
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import type { Administrator } from './worlds.ts';

/** The client puts the account in front of the host, which on this machine leads nowhere. */
export function s3ControlClient({ endpoint, region, credentials }: Administrator): S3ControlClient {
  return new S3ControlClient({ region, credentials, endpoint, endpointProvider: () => ({ url: new URL(endpoint) }) });
}
