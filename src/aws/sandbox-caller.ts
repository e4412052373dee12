/** The credentials of the caller in the sandbox: public constants, worth nothing anywhere else. */
import type { Identity } from './clients.ts';

/** The same as in `src/sandbox/caller.ts`, which this folder may not import; a test compares them. */
export const SANDBOX_IDENTITY: Identity = {
  accessKeyId: 'SANDBOXCALLERKEY0001',
  secretAccessKey: 'sandbox-caller-secret-worth-nothing-outside',
};
