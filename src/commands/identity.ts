/** Who approved this? The pull request, commit and run that CloudTrail of every account will show with each call. */
import type { Io } from './io.ts';

export type RunIdentity = {
  /** `RoleSessionName`: part of the session's ARN. */
  readonly sessionName: string;
  /** Stays through every further role, and cannot be changed; trust policies must allow `sts:SetSourceIdentity`. */
  readonly sourceIdentity?: string;
};

/** What `--identity` takes for "set no source identity". */
export const NO_IDENTITY = 'none';

/** @param given with `--identity`; without it a pipeline's own is used, and a person's run has none. */
export function identityOf({ env, now }: Pick<Io, 'env' | 'now'>, purpose: string, given?: string): RunIdentity {
  const pipeline = pipelineOf(env);
  const what = given === undefined || given === NO_IDENTITY ? pipeline : given;
  const time = `${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return {
    sessionName: `trueup-${purpose}-${what ?? time}`,
    ...(what !== undefined && given !== NO_IDENTITY && { sourceIdentity: what }),
  };
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables */
function pipelineOf(env: Io['env']): string | undefined {
  const { GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt, GITHUB_SHA: commit } = env;
  if (!run) return undefined;
  const pullRequest = env.TRUEUP_PULL_REQUEST ?? /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? '')?.[1];
  return [
    ...(pullRequest ? [`pr${pullRequest}`] : []),
    ...(commit ? [commit.slice(0, 12)] : []),
    `run${run}${attempt && attempt !== '1' ? `.${attempt}` : ''}`,
  ].join('-');
}
