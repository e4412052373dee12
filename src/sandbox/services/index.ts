/** Every service of the sandbox, one line each. */
import type { Service } from '../service.ts';
import { cloudtrail } from './cloudtrail.ts';
import { ec2 } from './ec2/service.ts';
import { iam } from './iam.ts';
import { kms } from './kms.ts';
import { organizations } from './organizations.ts';
import { s3 } from './s3/service.ts';
import { s3Control } from './s3-control.ts';
import { securityHub } from './security-hub/service.ts';
import { sts } from './sts.ts';

/** Key: the service's name in the scope of a signature, with one exception. */
export const services: ReadonlyMap<string, Service> = new Map(
  [cloudtrail, ec2, iam, kms, organizations, s3, s3Control, securityHub, sts].map((service) => [service.name, service]),
);

/** S3's control API is signed as S3, and told apart by its path. */
export function findService(signedFor: string, url: string): Service | undefined {
  return services.get(signedFor === 's3' && url.startsWith('/v20180820/') ? s3Control.name : signedFor);
}
