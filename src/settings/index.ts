/** Every plain setting. Adding one: its file, and a line here. */
import type { Setting } from '../model/setting.ts';
import { accountAlias } from './account-alias.ts';
import { ebsEncryption } from './ebs-encryption.ts';
import { imagePublicAccess } from './image-public-access.ts';
import { instanceMetadataDefaults } from './instance-metadata-defaults.ts';
import { passwordPolicy } from './password-policy.ts';
import { s3PublicAccess } from './s3-public-access.ts';
import { securityHub } from './security-hub.ts';
import { serialConsole } from './serial-console.ts';
import { snapshotPublicAccess } from './snapshot-public-access.ts';

export const settings: readonly Setting[] = [
  accountAlias,
  ebsEncryption,
  imagePublicAccess,
  instanceMetadataDefaults,
  passwordPolicy,
  s3PublicAccess,
  serialConsole,
  securityHub,
  snapshotPublicAccess,
];
