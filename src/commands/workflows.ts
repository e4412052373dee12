/**
 * The workflows that plan, apply and look for drift: what "trueup init" writes, and what this repository runs itself.
 * Actions are pinned by commit; permissions are those that the jobs need and no more.
 */

/** Pinned where they were released: a tag can be moved. */
export const PINS = {
  checkout: 'actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1',
  upload: 'actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0',
  credentials: 'aws-actions/configure-aws-credentials@8df5847569e6427dd6c4fb1cf565c83acfa8afa7 # v6.0.0',
} as const;

export type WorkflowOptions = {
  /** `owner/repo@ref`, or `./` for a repository that holds the action. */
  readonly action: string;
  /** The directory of the state. */
  readonly state: string;
};

/** File name → text. */
export function workflows(options: WorkflowOptions): { readonly [path: string]: string } {
  return {
    '.github/workflows/trueup-plan.yml': planWorkflow(options),
    '.github/workflows/trueup-apply.yml': applyWorkflow(options),
    '.github/workflows/trueup-drift.yml': driftWorkflow(options),
  };
}

function planWorkflow({ action, state }: WorkflowOptions): string {
  return `# What a pull request would change, as a comment on it. The role only reads.
name: trueup plan

on:
  pull_request:
    branches: [main]
  merge_group:

permissions: {}

concurrency:
  group: trueup-plan-\${{ github.event.pull_request.number || github.ref }}
  cancel-in-progress: true

jobs:
  plan:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      contents: read
      pull-requests: write
      checks: write
      id-token: write
    steps:
      - uses: ${PINS.checkout}
        with:
          # The base to compare with: the merge commit's parent, or the commit that a merge queue builds on.
          fetch-depth: \${{ github.event_name == 'merge_group' && '0' || '2' }}
          persist-credentials: false

      # A fork has no credentials, and needs none: its state is only validated.
${credentials('vars.TRUEUP_PLAN_ROLE', "github.event_name != 'pull_request' || github.event.pull_request.head.repo.id == github.event.repository.id")}
      - id: trueup
        uses: ${action}
        env:
          TRUEUP_EXTERNAL_ID: \${{ secrets.TRUEUP_EXTERNAL_ID }}
        with:
          state: ${state}

      # What the apply after the merge goes by.
${upload('artifact')}`;
}

function applyWorkflow({ action, state }: WorkflowOptions): string {
  return `# Applies what was reviewed, after the merge; and the pending plan, when it is run by hand with its digest.
name: trueup apply

on:
  push:
    branches: [main]
  workflow_dispatch:
    inputs:
      approved:
        description: The digest of the pending plan, as its issue shows it
        type: string
        default: ""

permissions: {}

jobs:
  apply:
    runs-on: ubuntu-latest
    timeout-minutes: 300
    # Limited to main; its reviewers, if any, approve each run.
    environment: trueup-apply
    # One after the other, and none is dropped.
    concurrency:
      group: trueup-apply
      cancel-in-progress: false
      queue: max
    permissions:
      contents: read
      pull-requests: write
      issues: write
      actions: read
      id-token: write
    steps:
      - uses: ${PINS.checkout}
        with:
          # The state before what is applied: its safety still holds for this run.
          fetch-depth: 0
          persist-credentials: false

${credentials('vars.TRUEUP_APPLY_ROLE')}
      - id: trueup
        uses: ${action}
        env:
          TRUEUP_EXTERNAL_ID: \${{ secrets.TRUEUP_EXTERNAL_ID }}
        with:
          state: ${state}
          journal: \${{ runner.temp }}/trueup-journal
          approved: \${{ inputs.approved }}

${uploads}`;
}

function driftWorkflow({ action, state }: WorkflowOptions): string {
  return `# What has drifted, in one issue; guardrails under "heal" are put right when that only tightens.
name: trueup drift

on:
  schedule:
    - cron: "17 5 * * *"

permissions: {}

jobs:
  drift:
    runs-on: ubuntu-latest
    timeout-minutes: 300
    environment: trueup-heal
    # The same as the apply's: the two never overlap.
    concurrency:
      group: trueup-apply
      cancel-in-progress: false
      queue: max
    permissions:
      contents: read
      issues: write
      id-token: write
    steps:
      - uses: ${PINS.checkout}
        with:
          persist-credentials: false

${credentials('vars.TRUEUP_HEAL_ROLE')}
      - id: trueup
        uses: ${action}
        env:
          TRUEUP_EXTERNAL_ID: \${{ secrets.TRUEUP_EXTERNAL_ID }}
        with:
          state: ${state}
          journal: \${{ runner.temp }}/trueup-journal

${uploads}`;
}

/** @param role an expression that names the variable with the role's ARN */
function credentials(role: string, when?: string): string {
  return `      - uses: ${PINS.credentials}
${when === undefined ? '' : `        if: \${{ ${when} }}\n`}        with:
          role-to-assume: \${{ ${role} }}
          aws-region: \${{ vars.TRUEUP_REGION }}
`;
}

function upload(what: 'artifact' | 'pending'): string {
  return `      - uses: ${PINS.upload}
        if: \${{ !cancelled() && steps.trueup.outputs.${what}-path != '' }}
        with:
          name: \${{ steps.trueup.outputs.${what}-name }}
          path: \${{ steps.trueup.outputs.${what}-path }}
          retention-days: 90
          overwrite: true
`;
}

const uploads = `      # The record of what was done; kept also when the run was cancelled.
      - uses: ${PINS.upload}
        if: \${{ always() && steps.trueup.outputs.journal-path != '' }}
        with:
          name: trueup-journal-\${{ github.run_id }}-\${{ github.run_attempt }}
          path: \${{ steps.trueup.outputs.journal-path }}
          include-hidden-files: true
          retention-days: 90

      # What later runs go by.
${upload('artifact')}
${upload('pending')}`;
