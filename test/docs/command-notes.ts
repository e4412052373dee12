/**
 * What the definitions of commands cannot say: a paragraph, what each exit code means there, and an example. Examples are
 * run one after the other, in this order, against the sandbox with the state of this repository (commands.test.ts).
 */

export type Example = {
  /** What follows `trueup`. `RUN` stands for the latest run of the journal. */
  readonly words: string;
  readonly code: number;
  /** Lines of what is printed, on either stream. `…` alone is for lines left out, within a line for what varies. */
  readonly shows: readonly string[];
};

export type CommandNote = {
  readonly says: string;
  /** What is on stdout; everything else goes to stderr. */
  readonly stdout: string;
  readonly codes: { readonly [code: number]: string };
  /** None where a test of its own runs the command. */
  readonly examples: readonly Example[] | 'test/cli/demo.test.ts';
};

const UNREAD = 'an error, or something could not be read';

export const COMMAND_NOTES: { readonly [command: string]: CommandNote } = {
  init: {
    says: 'Writes a state to start with, for the account that you are signed in to, and the three workflows of [action.md](action.md). What it wrote is yours: change it, commit it, and look at the plan.',
    stdout: 'a line for each file: written, or kept because it was there',
    codes: { 0: 'everything is there', 1: 'an error' },
    examples: [
      {
        words: 'init --state start',
        code: 0,
        shows: [
          'wrote start/fleet.yaml',
          'wrote start/ranges.yaml',
          'wrote start/baseline.yaml',
          'wrote .github/workflows/trueup-plan.yml',
          '…',
        ],
      },
      {
        words: 'validate --state start',
        code: 0,
        shows: ['start: valid (1 fleet, 1 policy, 2 guardrails, 0 exceptions)'],
      },
    ],
  },
  validate: {
    says: 'Loads the state and tells all of its mistakes at once, each with its file, line and column, the line itself and what to write instead. It asks nobody: what only AWS can tell, such as two policies that contradict each other at an account, shows in `plan`.',
    stdout:
      'one line that says what the state consists of; nothing if it has mistakes, which go to stderr; with `--json` both as data',
    codes: { 0: 'the state is valid', 1: 'it is not' },
    examples: [
      { words: 'validate', code: 0, shows: ['state: valid (1 fleet, 1 policy, 3 guardrails, 0 exceptions)'] },
      {
        words: 'validate --state nowhere',
        code: 1,
        shows: [
          'nowhere:1:1  "nowhere" is not a directory',
          '    = name the directory of the state with --state, or make one with "trueup init"',
          '',
          'error: 1 problem in the state (invalid-state)',
        ],
      },
    ],
  },
  targets: {
    says: 'Discovers the accounts of the fleet and the regions of each, and lists which guardrails govern them. Accounts that are left out are listed with the reason, and so are those that could not be reached. With `--out` the list is kept for the shares of a large fleet, so that it is discovered once.',
    stdout: 'the list; with `--json` the same as data',
    codes: { 0: 'every account of the fleet was reached', 1: UNREAD },
    examples: [
      {
        words: 'targets',
        code: 1,
        shows: [
          '3 accounts, 9 account × region targets; read role trueup-read, write role trueup-write',
          '  222222222222  security',
          '      ap-southeast-2 eu-west-1 us-east-1',
          '      allowed-ingress, default-security-group, password-policy',
          '…',
          "  111111111111  management: it is the organisation's management account",
          '  666666666666  old-lab: the account is suspended',
          '1 not reachable',
          '  555555555555  acquired-analytics: the role … could not be assumed in account 555555555555',
        ],
      },
    ],
  },
  snapshot: {
    says: 'Reads everything that the state governs, as `plan` does, and keeps it. A plan can be made from the file later, without AWS and by somebody without credentials. The file names accounts, groups and addresses; it is readable by its owner only.',
    stdout: 'the snapshot as JSON, unless `--out` names a file',
    codes: { 0: 'everything was read', 1: UNREAD },
    examples: [
      {
        words: 'snapshot --out snapshot.json',
        code: 1,
        shows: ['65 observations in snapshot.json, 1 could not be read'],
      },
    ],
  },
  plan: {
    says: 'Reads the accounts and says what would be done to bring them to the state, and because of which lines. Nothing is written. What needs eyes comes first: changes of trust, what could not be read, what a safety rule holds, what loosens. A file written with `--out` is a set of approvals for `apply`, and nothing in it is ever executed. Past one machine, each of several takes a share with `--shard`, and `--merge` makes one plan of the shares, with one digest, judged by the limits as a whole. `--format html` makes a page that stands alone, with the whole diff of every change.',
    stdout: 'the plan, in the format that was asked for; `--json` is short for `--format json`',
    codes: {
      0: 'everything was read; without `--detailed-exitcode` also if there is something to change',
      1: UNREAD,
      2: 'with `--detailed-exitcode`: everything was read, and there is something to change',
    },
    examples: [
      {
        words: 'plan --only account=333333333333,guardrail=password-policy --detailed-exitcode',
        code: 2,
        shows: [
          ' CHANGES 1  nothing is known to depend on these',
          '  shop-production 333333333333 · account-wide',
          '    password policy',
          '      ~ changes minimumLength 8 → 14',
          '      ~ changes reusePrevention none → 24',
          '      by password-policy in baseline, state/baseline.yaml:13',
          '…',
          'Plan: 1 to change (1 tightens), 0 in state · digest',
          '  sha256:…',
        ],
      },
      {
        words: 'plan --snapshot snapshot.json --shard 1/2 --out share-1.json',
        code: 0,
        shows: ['Plan: 13 to change (…), 1 held, … · digest'],
      },
      {
        words: 'plan --snapshot snapshot.json --shard 2/2 --out share-2.json',
        code: 1,
        shows: ['Plan: 7 to change (…), 1 unread, … · digest'],
      },
      {
        words: 'plan --merge share-1.json share-2.json',
        code: 1,
        shows: ['Plan: 20 to change (…), 1 held, 1 unread, … · digest'],
      },
      {
        words: 'plan --snapshot snapshot.json --only account=333333333333,guardrail=password-policy --out plan.json',
        code: 0,
        shows: [
          'planned from the snapshot of … of the sandbox',
          'plan written to plan.json; "trueup apply plan.json" applies what of it still holds',
        ],
      },
    ],
  },
  report: {
    says: 'Every rule of every security group that can be read, whatever the state says about it, with what is risky: what is open to the world, what is shadowed, which groups nobody uses, which references lead nowhere. It changes nothing, and needs no policy about security groups. A stored snapshot has only what its plan needed; without `--snapshot` more is read. `--format html` makes one page that stands alone, to be read in a browser or kept: it loads nothing, runs no script and forbids both.',
    stdout: 'the report, unless `--out` names a file',
    codes: { 0: 'everything was read', 1: UNREAD },
    examples: [
      {
        words: 'report --only account=333333333333',
        code: 0,
        shows: ['# Security groups of `demo`', '…', '## Look at these first', '…', '## Tidy up', '…'],
      },
    ],
  },
  explain: {
    says: 'Which guardrails govern one target, from which lines, what is there now, and what a plan would do about it. With a stored snapshot it needs no AWS.',
    stdout: 'the explanation; with `--json` the same as data',
    codes: { 0: 'explained', 1: 'an error: there is no such target, or it could not be read' },
    examples: [
      {
        words: 'explain 333333333333/global --snapshot snapshot.json',
        code: 0,
        shows: [
          'password-policy: would change',
          '  password-policy of policy baseline  state/baseline.yaml:13',
          '    minimumLength: 14  state/baseline.yaml:13',
          '    reusePrevention: 24  state/baseline.yaml:13',
          '…',
          '  to do',
          '    ~ changes minimumLength 8 → 14',
          '    ~ changes reusePrevention none → 24',
        ],
      },
    ],
  },
  apply: {
    says: 'Plans from live AWS, shows the plan, asks, and carries it out. With a plan file, or with `--approved`, only those changes are executed whose digest is among them: what has moved since the review is named and left alone. Each batch of calls runs in a session of the write role that can do just these calls. What breaks a limit of `safety.limits` is applied only with `--approved` and its digest, also when it comes from a plan file. Where nobody can be asked and `--yes` is not given, it refuses before anything is read.',
    stdout: 'the plan, unless a reviewed one is applied with `--yes`; then how each change ended',
    codes: {
      0: 'all that was approved is applied, and everything was read',
      1: 'an error; or something could not be read, failed, or has moved since it was reviewed',
      3: 'a limit is broken, and nothing was applied; or a safety rule held some of it at the last moment; or the plan holds something for a mistake in the state that only AWS could tell, such as an unknown control. All else that a plan holds is named, stays as it is and ends with 0',
      130: 'stopped by Ctrl-C; the journal is closed, and the next run continues',
    },
    examples: [
      {
        words: 'apply plan.json --only account=333333333333,guardrail=password-policy --yes',
        code: 0,
        shows: [
          ' APPLIED 1  done, and seen to be done',
          '  shop-production 333333333333 · account-wide',
          '    password policy',
          '      ~ changes minimumLength 8 → 14',
          '      ~ changes reusePrevention none → 24',
          '      by password-policy in baseline, state/baseline.yaml:13',
          '…',
          'Apply: 1 applied',
          'journal: run … in .trueup/journal; "trueup revert …" plans the way back',
        ],
      },
    ],
  },
  'journal list': {
    says: 'Every run of `apply` and `revert` that was recorded, oldest first. `trueup journal` alone is the same.',
    stdout: 'a line for each run; with `--json` the same as data',
    codes: { 0: 'listed, also if there are none', 1: 'an error' },
    examples: [{ words: 'journal list', code: 0, shows: ['RUN  apply  1 cell  closed'] }],
  },
  'journal show': {
    says: 'How each change of a run ended. With `--json` also every call that was sent, and the values before it, in full.',
    stdout: 'the changes by how they ended; with `--json` all lines of the record',
    codes: { 0: 'shown', 1: 'an error: there is no such run, or it cannot be read' },
    examples: [
      { words: 'journal show RUN', code: 0, shows: [' APPLIED 1  done, and seen to be done', '…', 'Apply: 1 applied'] },
    ],
  },
  'journal verify': {
    says: 'Whether the records are what the runs wrote: each line carries the digest of the one before it, and the end is sealed when a run closes.',
    stdout: 'a line for each run, or for each fault',
    codes: { 0: 'all hold together', 1: 'an error, or a record with a fault' },
    examples: [{ words: 'journal verify', code: 0, shows: ['RUN: holds together'] }],
  },
  revert: {
    says: 'Plans the way back from a run, from the values that its journal holds to what is there now, shows it, asks, and carries it out like any plan. What somebody else has changed since the run is held. The limits of `safety.limits` hold for it as for any plan: a way back that breaks them needs `--approved` and its own digest. A revert is a run too, and can be reverted.',
    stdout: 'the plan of the way back; then how each change ended',
    codes: {
      0: 'everything that can be is as it was before the run',
      1: 'an error; or something could not be read, or failed',
      3: 'a limit is broken, and nothing was turned back; or a safety rule held some of it',
      130: 'stopped by Ctrl-C; the journal is closed',
    },
    examples: [
      {
        words: 'revert RUN --yes',
        code: 0,
        shows: [
          ' LOOSENS 1  less protection than there is now',
          '  shop-production 333333333333 · account-wide',
          '    password policy',
          '      ~ changes minimumLength 14 → 8  loosens',
          '      ~ changes reusePrevention 24 → none  loosens',
          '…',
          'Apply: 1 applied',
        ],
      },
    ],
  },
  iam: {
    says: 'Writes the roles that this state needs, computed from what its guardrails send: `--part members` for every governed account, `--part hub` for the one that Trueup is called from, with trust for GitHub Actions. Deploy the templates with the tool that you have, e.g. as a StackSet. With `--report` the read role may also read what `trueup report` shows. With `--diff` it reads the deployed roles instead, with what is attached to them and bounds them, and says what is missing there, goes beyond, or could not be compared; the read role may look at them if it was written with `--self-check`. `--part hub --diff` asks with the caller’s own credentials. It compares with the roles that these options would write: `--diff` needs the same `--self-check`, `--report`, `--caller-role`, `--boundary` and `--hub-account` as the deployment had. A denial that may stand in the way is told as `missing`, or as `unknown` where a condition or the resource decides; service control policies are not looked at.',
    stdout: 'the roles in the format that was asked for; with `--diff` the differences',
    codes: {
      0: 'written; with `--diff`: there is no difference',
      1: 'an error; with `--diff`: there are differences, or something could not be compared',
    },
    examples: [
      {
        words: 'iam --format cloudformation --caller-role trueup-hub',
        code: 0,
        shows: [
          'AWSTemplateFormatVersion: "2010-09-09"',
          'Description: "Trueup: roles of every account that it governs"',
          '…',
          'what only earlier runs touched is left out: --journal DIR keeps what their revert needs',
        ],
      },
      {
        words: 'iam',
        code: 1,
        shows: [
          'error: the account that Trueup is called from is not known (usage)',
          '  add --hub-account ID, or "caller" to the fleet at state/fleet.yaml:2',
        ],
      },
    ],
  },
  doctor: {
    says: 'Tries at every target what a plan and an apply would need: assumes the roles, reads what the state governs, and asks EC2 with dry runs whether it would allow the changes. What has no dry run is simulated by IAM where the read role may ask for it (`iam:SimulatePrincipalPolicy`, which `trueup iam --self-check` adds), and listed as not verifiable here where it may not. It says which accounts have Security Hub configured by an administrator, if the fleet names one. It changes nothing. What fails comes first, and at the end the statements to add, each with the policy it belongs into. Dry runs are not sent to endpoints that `--allow-endpoint` accepted.',
    stdout: 'the table of checks; with `--json` the same as data',
    codes: { 0: 'nothing failed', 1: 'something failed' },
    examples: [
      {
        words: 'doctor',
        code: 1,
        shows: [
          'FAILED   555555555555 global  discovery: the role arn:aws:iam::555555555555:role/trueup-read …',
          '…',
          'ok       role trueup-write: can be assumed (at 3 places)',
          '…',
          'to add:',
          '  the trust policy of the role trueup-read in account 555555555555',
          '…',
        ],
      },
    ],
  },
  schema: {
    says: 'The JSON Schema of the documents of a state, with all guardrails of this version: editors complete and check with it. References between documents, such as names of ranges, are checked by `validate` alone.',
    stdout: 'the schema',
    codes: { 0: 'written' },
    examples: [{ words: 'schema', code: 0, shows: ['  "$schema": "https://json-schema.org/draft/2020-12/schema",'] }],
  },
  sandbox: {
    says: 'Starts an embedded AWS on this machine, with an organisation in it, until Ctrl-C. The line on stdout makes every other `trueup` of that shell go there and nowhere else: real credentials are not even looked for. Its own organisation expects the external id `trueup-demo`.',
    stdout: 'the variable to set, as a line for a shell',
    codes: { 0: 'ended by Ctrl-C', 1: 'an error: the seed has mistakes, or the port is taken' },
    examples: [
      {
        words: 'sandbox',
        code: 0,
        shows: [
          'export TRUEUP_SANDBOX=http://127.0.0.1:…',
          'an embedded AWS with the demo organisation at http://127.0.0.1:…; Ctrl-C ends it and forgets everything in it',
        ],
      },
    ],
  },
  demo: {
    says: 'Plays the whole promise on the embedded AWS with the commands of this page: messy accounts, a plan, an apply with narrowed sessions, a second plan, and the way back. It compares every value at the end with the beginning, so it is a test as well. It needs no account, no network and no state.',
    stdout: 'the commands with all that they print',
    codes: { 0: 'every value is as it was', 1: 'something is not as it should be' },
    examples: 'test/cli/demo.test.ts',
  },
};
