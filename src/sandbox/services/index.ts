/** Every service of the sandbox, one line each. */
import type { Service } from '../service.ts';
import { ec2 } from './ec2/service.ts';
import { iam } from './iam.ts';
import { organizations } from './organizations.ts';
import { sts } from './sts.ts';

/** Key: the service's name in the scope of a signature. */
export const services: ReadonlyMap<string, Service> = new Map(
  [ec2, iam, organizations, sts].map((service) => [service.name, service]),
);
