/** The steps that the jobs of the workflows are made of. Actions are pinned by commit. */

/** Pinned where they were released: a tag can be moved. */
export const PINS = {
  checkout: 'actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1',
  upload: 'actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0',
  download: 'actions/download-artifact@37930b1c2abaa49bbe596cd826c3c89aef350131 # v7.0.0',
  credentials: 'aws-actions/configure-aws-credentials@8df5847569e6427dd6c4fb1cf565c83acfa8afa7 # v6.0.0',
} as const;

export type WorkflowOptions = {
  /** `owner/repo@ref`, or `./` for a repository that holds the action. */
  readonly action: string;
  /** The directory of the state. */
  readonly state: string;
  /** On how many machines a plan and an apply are made; one, unless said. */
  readonly shards?: number;
};

/** For GitHub to fill in. */
export function expression(text: string): string {
  return `\${{ ${text} }}`;
}

/** How much of the history is there: the base to compare with, or everything, or only what is run. */
const DEPTHS = {
  base: `
          # The base to compare with: the merge commit's parent, or the commit that a merge queue builds on.
          fetch-depth: \${{ github.event_name == 'merge_group' && '0' || '2' }}`,
  all: `
          # The state before what is applied: its safety still holds for this run.
          fetch-depth: 0`,
  tip: '',
} as const;

export function checkout(depth: keyof typeof DEPTHS): string {
  return `      - uses: ${PINS.checkout}
        with:${DEPTHS[depth]}
          persist-credentials: false
`;
}

/** What a fork may not have. */
export const NOT_A_FORK =
  "github.event_name != 'pull_request' || github.event.pull_request.head.repo.id == github.event.repository.id";

/** @param role of the variable with its ARN */
export function credentials(role: 'PLAN' | 'APPLY' | 'HEAL', when?: string): string {
  return `      - uses: ${PINS.credentials}
${when === undefined ? '' : `        if: \${{ ${when} }}\n`}        with:
          role-to-assume: \${{ vars.TRUEUP_${role}_ROLE }}
          aws-region: \${{ vars.TRUEUP_REGION }}
`;
}

/** @param inputs beside the state */
export function trueup({ action, state }: WorkflowOptions, inputs: { readonly [name: string]: string } = {}): string {
  const lines = Object.entries({ state, ...inputs }).map(([name, value]) => `          ${name}: ${value}`);
  return `      - id: trueup
        uses: ${action}
        env:
          TRUEUP_EXTERNAL_ID: \${{ secrets.TRUEUP_EXTERNAL_ID }}
        with:
${lines.join('\n')}
`;
}

export const JOURNAL = { journal: `${expression('runner.temp')}/trueup-journal` } as const;

/** What a person gives who runs the apply by hand; empty on a push. */
export const GIVEN = {
  approved: expression('inputs.approved'),
  'break-lock': expression('inputs.break-lock'),
} as const;

/** @param days GitHub deletes it then */
export function upload(what: 'artifact' | 'pending', days = 90): string {
  return `      - uses: ${PINS.upload}
        if: \${{ !cancelled() && steps.trueup.outputs.${what}-path != '' }}
        with:
          name: \${{ steps.trueup.outputs.${what}-name }}
          path: \${{ steps.trueup.outputs.${what}-path }}
          retention-days: ${days}
          overwrite: true
`;
}

/** @param of the job, where several keep one */
export function uploadJournal(of = ''): string {
  return `      # The record of what was done; kept also when the run was cancelled.
      - uses: ${PINS.upload}
        if: \${{ always() && steps.trueup.outputs.journal-path != '' }}
        with:
          name: trueup-journal-\${{ github.run_id }}-\${{ github.run_attempt }}${of}
          path: \${{ steps.trueup.outputs.journal-path }}
          include-hidden-files: true
          if-no-files-found: ignore
          retention-days: 90
`;
}

/** What later runs go by. */
export const UPLOADS = `      # What later runs go by.
${upload('artifact')}
${upload('pending')}`;

/** Where parts of the run are, once they are downloaded. */
export const PARTS = { parts: `${expression('runner.temp')}/trueup-parts` } as const;

/** @param names of artifacts of this very run, as a pattern */
export function download(names: string): string {
  return `      - uses: ${PINS.download}
        with:
          pattern: ${names}
          path: \${{ runner.temp }}/trueup-parts
`;
}

/** A part is used within its run, or when failed jobs of it are run again. */
export const uploadPart = upload('artifact', 7);
