/**
 * The workflows that plan, apply and look for drift: what "trueup init" writes, and what this repository runs itself.
 * Permissions are those that the jobs need and no more.
 */
import { shardedApply, shardedPlan } from './sharded-workflows.ts';
import {
  checkout,
  credentials,
  GIVEN,
  JOURNAL,
  NOT_A_FORK,
  trueup,
  UPLOADS,
  upload,
  uploadJournal,
  type WorkflowOptions,
} from './workflow-steps.ts';

/** File name → text. */
export function workflows(options: WorkflowOptions): { readonly [path: string]: string } {
  const sharded = (options.shards ?? 1) > 1;
  return {
    '.github/workflows/trueup-plan.yml': PLANS + (sharded ? shardedPlan(options) : planJob(options)),
    '.github/workflows/trueup-apply.yml': APPLIES + (sharded ? shardedApply(options) : applyJob(options)),
    '.github/workflows/trueup-drift.yml': driftWorkflow(options),
  };
}

const PLANS = `# What a pull request would change, as a comment on it. The role only reads.
name: trueup plan

on:
  pull_request:
    branches: [main]
    # "edited" for a change of base. A job that is skipped would pass as a required check, so other edits plan as well.
    types: [opened, synchronize, reopened, edited]
  merge_group:

permissions: {}

concurrency:
  group: trueup-plan-\${{ github.event.pull_request.number || github.ref }}
  cancel-in-progress: true

jobs:
`;

function planJob(options: WorkflowOptions): string {
  return `  plan:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    # Open to every branch; the role trusts only what runs in it.
    environment: trueup-plan
    permissions:
      contents: read
      pull-requests: write
      checks: write
      id-token: write
    steps:
${checkout('base')}
      # A fork has no credentials, and needs none: its state is only validated.
${credentials('PLAN', NOT_A_FORK)}
${trueup(options)}
      # What the apply after the merge goes by.
${upload('artifact')}`;
}

const APPLIES = `# Applies what was reviewed, after the merge; and the pending plan, when it is run by hand with its digest.
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
      break-lock:
        description: The owner of a lock whose run is known to be dead
        type: string
        default: ""

permissions: {}

# One after the other, drift included, and none is dropped.
concurrency:
  group: trueup-apply
  cancel-in-progress: false
  queue: max

jobs:
`;

function applyJob(options: WorkflowOptions): string {
  return `  apply:
    runs-on: ubuntu-latest
    timeout-minutes: 300
    # Limited to main; its reviewers, if any, approve each run.
    environment: trueup-apply
    permissions:
      contents: read
      pull-requests: write
      issues: write
      actions: read
      id-token: write
    steps:
${checkout('all')}
${credentials('APPLY')}
${trueup(options, { ...JOURNAL, ...GIVEN })}
${uploadJournal()}
${UPLOADS}`;
}

function driftWorkflow(options: WorkflowOptions): string {
  return `# What has drifted, in one issue; guardrails under "heal" are put right when that only tightens.
name: trueup drift

on:
  schedule:
    - cron: "17 5 * * *"

permissions: {}

# The same as the apply's: the two never overlap.
concurrency:
  group: trueup-apply
  cancel-in-progress: false
  queue: max

jobs:
  drift:
    runs-on: ubuntu-latest
    timeout-minutes: 300
    environment: trueup-heal
    permissions:
      contents: read
      issues: write
      id-token: write
    steps:
${checkout('tip')}
${credentials('HEAL')}
${trueup(options, JOURNAL)}
${uploadJournal()}
${UPLOADS}`;
}
