/**
 * The credentials of the seeded caller. They are public constants, so that a process that only knows the sandbox's
 * URL can sign its requests; they are worth nothing anywhere else.
 */
export const SANDBOX_CALLER_KEY = 'SANDBOXCALLERKEY0001';
export const SANDBOX_CALLER_SECRET = 'sandbox-caller-secret-worth-nothing-outside';
