/**
 * The jobs of a plan and of an apply on several machines. Listing and planning only read, also on main; what carries out
 * is the one matrix that has the apply role; what writes on GitHub is the one job at the end.
 */
import {
  checkout,
  credentials,
  download,
  expression,
  GIVEN,
  JOURNAL,
  NOT_A_FORK,
  PARTS,
  trueup,
  UPLOADS,
  upload,
  uploadJournal,
  uploadPart,
  type WorkflowOptions,
} from './workflow-steps.ts';

export function shardedPlan(options: WorkflowOptions): string {
  return `${planning(options, { depth: 'base', when: NOT_A_FORK, permissions: '' })}
  # Alone writes the comment, the check and what the apply after the merge goes by; names a share that is missing.
  plan:
    needs: [accounts, share]
    if: \${{ !cancelled() }}
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      contents: read
      pull-requests: write
      checks: write
    steps:
${checkout('base')}
${download('trueup-planning-*')}
${trueup(options, { mode: 'plan', ...PARTS })}
${upload('artifact')}`;
}

type Planning = {
  readonly depth: 'base' | 'all';
  readonly when?: string;
  /** Of the job that lists the accounts, beside reading the repository and taking the role. */
  readonly permissions: string;
  /** What a person may give. */
  readonly given?: { readonly approved: string };
};

/** One job that lists the accounts, and a matrix that plans them. */
function planning(options: WorkflowOptions, { depth, when, permissions, given }: Planning): string {
  return `  # The list of accounts and regions, once for all.
  accounts:
${when === undefined ? '' : `    if: \${{ ${when} }}\n`}    runs-on: ubuntu-latest
    timeout-minutes: 60
    # Open to every branch; the role trusts only what runs in it.
    environment: trueup-plan
    permissions:
      contents: read
${permissions}      id-token: write
    outputs:
      result: \${{ steps.trueup.outputs.result }}
    steps:
${checkout(depth)}
${credentials('PLAN')}
${trueup(options, { mode: 'accounts', ...given })}
${uploadPart}
  share:
    needs: accounts
    if: \${{ needs.accounts.outputs.result == 'listed' }}
    strategy:
      # One share that fails does not stop the others: all that is wrong is told at once.
      fail-fast: false
      matrix:
        shard: [${shards(options).join(', ')}]
    runs-on: ubuntu-latest
    timeout-minutes: 60
    environment: trueup-plan
    permissions:
      contents: read
      id-token: write
    steps:
${checkout(depth)}
${download('trueup-planning-*-accounts')}
${credentials('PLAN')}
${trueup(options, { mode: 'plan', shard: expression('matrix.shard'), ...PARTS })}
${uploadPart}`;
}

function shards({ shards: of = 1 }: WorkflowOptions): string[] {
  return Array.from({ length: of }, (_, index) => `${index + 1}/${of}`);
}

export function shardedApply(options: WorkflowOptions): string {
  return `${planning(options, { depth: 'all', permissions: '      actions: read\n', given: { approved: GIVEN.approved } })}
  # Who approved what, and whether the whole is within the limits. Reads GitHub only.
  decide:
    needs: [accounts, share]
    if: \${{ !cancelled() && needs.accounts.outputs.result == 'listed' }}
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      contents: read
      pull-requests: read
      issues: read
      actions: read
    outputs:
      result: \${{ steps.trueup.outputs.result }}
      shards: \${{ steps.trueup.outputs.shards }}
    steps:
${checkout('all')}
${download('trueup-planning-*')}
${trueup(options, { mode: 'decide', ...PARTS, approved: GIVEN.approved })}
${uploadPart}
  # Only shares in which something is approved.
  apply:
    needs: decide
    if: \${{ !cancelled() && needs.decide.outputs.result == 'decided' && needs.decide.outputs.shards != '[]' }}
    strategy:
      fail-fast: false
      matrix:
        shard: \${{ fromJSON(needs.decide.outputs.shards) }}
    runs-on: ubuntu-latest
    timeout-minutes: 300
    # Limited to main; its reviewers, if any, approve each run.
    environment: trueup-apply
    permissions:
      contents: read
      actions: read
      id-token: write
    steps:
${checkout('all')}
${download('trueup-applying-*-order')}
${credentials('APPLY')}
${trueup(options, { mode: 'apply', shard: expression('matrix.shard'), ...PARTS, ...JOURNAL, 'break-lock': GIVEN['break-lock'] })}
${uploadJournal(`-${expression('strategy.job-index')}`)}
${uploadPart}
  # Alone tells the pull requests and the issue how it went, and what waits.
  report:
    needs: [decide, apply]
    if: \${{ !cancelled() && needs.decide.outputs.result == 'decided' }}
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      contents: read
      pull-requests: write
      issues: write
    steps:
${checkout('tip')}
${download('trueup-applying-*')}
${trueup(options, { mode: 'apply', ...PARTS })}
${UPLOADS}`;
}
