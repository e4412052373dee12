/** Secrets that are recognised wherever they come out: planted ones, and all that the sandbox has issued. */
import type { Sandbox } from '../../src/sandbox/server.ts';
import { SMALL_SEED } from '../support/small.ts';

export const EXTERNAL_ID = 'planted-external-id-4711';

/** What a process may find around it, each with a text that stands nowhere else. */
export const PLANTED = {
  AWS_ACCESS_KEY_ID: 'AKIAPLANTEDKEY000001',
  AWS_SECRET_ACCESS_KEY: 'planted-secret-access-key-4712',
  AWS_SESSION_TOKEN: 'planted-session-token-4713',
  GITHUB_TOKEN: 'planted-github-token-4714',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'planted-oidc-request-token-4715',
  TRUEUP_EXTERNAL_ID: EXTERNAL_ID,
  TRUEUP_UNRELATED: 'planted-unrelated-variable-4716',
} as const;

/** Whoever looks for a fault asks for everything that can be said. */
export const DEBUGGING = { DEBUG: '*', RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true', AWS_LOG_LEVEL: 'debug' } as const;

/** The small organisation, whose roles ask for the planted external id and let a pipeline's identity through. */
export const SEED = SMALL_SEED.replace('externalId: trueup-demo', `externalId: ${EXTERNAL_ID}`).replace(
  '"sts:AssumeRole"',
  '"sts:AssumeRole", "sts:SetSourceIdentity"',
);

/** Everything that was planted, and every credential that the sandbox has given out so far. */
export function secretsOf({ world }: Sandbox, more: readonly string[] = []): string[] {
  const issued = [...world.sessions.values()].flatMap(({ secret, token, expiresAt, accessKeyId }) => [
    secret,
    ...(token === undefined ? [] : [token]),
    // The caller of the sandbox is a public constant; what is issued to it is not.
    ...(expiresAt === undefined ? [] : [accessKeyId]),
  ]);
  return [...Object.values(PLANTED), ...issued, ...more];
}

/** Also in the forms that a text takes on its way. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  return secrets.filter((secret) =>
    [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')].some((form) => text.includes(form)),
  );
}
