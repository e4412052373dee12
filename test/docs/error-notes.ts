/**
 * What the source cannot say by itself: a meaning where the message is put together elsewhere, and what to do where no
 * advice is written beside the code. Everything else on the page comes from the source.
 */

export type Note = { readonly means?: string; readonly act?: string };

/** The folders of `src`, by what a person was doing; the longest prefix counts. */
export const SECTIONS: readonly {
  readonly title: string;
  readonly intro: string;
  readonly paths: readonly string[];
}[] = [
  {
    title: 'The state',
    intro:
      'All problems are told at once, each with `file:line:column`, the line itself, and what to write instead. Nothing is read from AWS until there are none.',
    paths: ['state/'],
  },
  {
    title: 'The command line',
    intro: 'Told before anything is sent.',
    paths: ['commands/', 'terminal.ts', 'program.ts'],
  },
  {
    title: 'Credentials, accounts and endpoints',
    intro:
      'As an error they end the run. As a reason they stand beside an account or a cell that could not be read or was skipped, and the others go on.',
    paths: ['aws/', 'fleet/', 'iam/'],
  },
  {
    title: 'Plans',
    intro: 'Reasons of cells that are held or unread, and remarks about what is left as it is.',
    paths: [
      'model/',
      'ingress/',
      'resources/',
      'settings/',
      'guardrails/',
      'plan/',
      'render/',
      'reading.ts',
      'reconcile.ts',
    ],
  },
  {
    title: 'Applying and going back',
    intro:
      'Why a cell was not carried out, or not to its end. What was sent is in the journal, and a new plan shows what is left.',
    paths: ['execute/', 'journal/', 'model/journal.ts'],
  },
  { title: 'On GitHub', intro: 'What the action says.', paths: ['github/', 'commands/action/', 'action.ts'] },
  {
    title: 'Findings about security groups',
    intro: 'What a rule lets in, whatever the state says about it. Findings change nothing.',
    paths: ['ingress/findings.ts', 'render/report/'],
  },
];

/** Files in which a code is not written out beside its message → what it can be; nothing where it is another one's. */
export const COMPUTED: { readonly [file: string]: readonly string[] } = {
  'aws/error-kinds.ts': [],
  'aws/errors.ts': [],
  'commands/files.ts': ['not-a-plan', 'not-a-snapshot', 'not-an-inventory'],
  // Of the state's own codes, chosen by the schema's complaint.
  'state/explain-issue.ts': [],
  'fleet/census.ts': ['account-pending-activation', 'account-suspended', 'account-closed', 'account-unknown'],
};

/** How AWS calls what Trueup sums up under one code. */
export const AWS_KINDS: { readonly [kind: string]: string } = {
  throttled: 'RequestLimitExceeded',
  'access-denied': 'AccessDenied',
  'credentials-expired': 'ExpiredToken',
  'clock-skew': 'RequestTimeTooSkewed',
  'region-not-usable': 'AuthFailure',
  'no-credentials': 'CredentialsProviderError',
  'session-policy-too-large': 'PackedPolicyTooLargeException',
  'session-policy-refused': 'MalformedPolicyDocument',
  network: 'TimeoutError',
  'service-error': 'InternalError',
  'group-not-found': 'InvalidGroup.NotFound',
  'aws-error': 'AnythingElse',
};

const DEFECT = 'report this as a defect';
const AGAIN = 'run again; if it stays, a proxy or a custom endpoint may be answering in place of AWS';
const NOTHING = 'nothing, if that is meant';
const UNUSED = 'nothing, or take it out of the organisation; it is looked at again once it is active';

export const NOTES: { readonly [code: string]: Note } = {
  usage: {
    means: 'The command was called with something that it does not understand, or without something that it needs.',
    act: 'the line below the error says what to write',
  },
  'endpoint-not-allowed': {
    means: 'Requests would go to a host that is not the one AWS has for this service, and nobody has accepted that.',
  },
  'protects-nothing': {
    means: 'An entry of `safety.neverTouch` protects nothing that a whole plan looked at.',
    act: 'Correct it (case counts, and `*` is a pattern only after `name:`), or remove it.',
  },
  'left-out': {
    act: 'Nothing, if they are to be left alone.',
  },
  'user-credentials': { means: 'The caller is an IAM user with long-lived credentials.' },
  'no-caller': { act: AGAIN },
  'no-session': { act: AGAIN },
  'service-unknown': { act: DEFECT },
  'no-regions-listed': { act: AGAIN },
  'central-unknown': {
    act: 'let the account under `securityHub` in the fleet be asked; until it is known, changes of Security Hub are held',
  },
  'central-shared': {
    means: 'Somebody else shares the configuration policy of Security Hub, and would be changed, too.',
  },
  'central-unsure': {
    act: 'let the fleet govern everybody who may feel the policy: `accounts: organization`, and every linked region',
  },
  'central-failed': {
    means: 'The configuration policy of Security Hub says what the state says, and the account does not show it.',
  },
  'account-unclear': { act: 'name the account under `accounts` in the fleet, if it is to be governed' },
  'account-pending-activation': { means: 'Skipped: the account is not activated yet.', act: UNUSED },
  'account-suspended': { means: 'Skipped: the account is suspended.', act: UNUSED },
  'account-closed': { means: 'Skipped: the account is closed.', act: UNUSED },
  'account-unknown': {
    means: 'Skipped: AWS Organizations does not say whether the account is active.',
    act: 'name the account under `accounts` in the fleet, if it is to be governed',
  },
  excluded: { act: `${NOTHING}; otherwise change \`exclude\` in the fleet` },
  'calling-account': { act: `${NOTHING}; otherwise write \`callingAccount: include\` in the fleet` },
  'not-included': { act: `${NOTHING}; otherwise change \`include\` in the fleet` },
  'aws-error': { act: 'look the name up in the documentation of the service' },
  'trust-change': {
    means: 'The change touches how accounts are reached, or a limit: a field of a Fleet is different.',
    act: 'read it before everything else: it decides which accounts are reached, how, and what holds Trueup back',
  },
  'no-longer-managed': {
    act: 'if the value should change as well, change it in the state first, and stop managing it afterwards',
  },
  'not-allowed': { act: 'write `otherwise: narrow` to have it narrowed, or let the range be allowed' },
  'rules-alike': { act: 'look at the group in the console and remove one of the two' },
  'rule-malformed': {
    means: 'EC2 reported a rule that is none by its own documentation, so it cannot be judged.',
    act: 'look at the group in the console; report it as a defect if the rule looks right there',
  },
  'too-many-changes': { means: 'The plan changes more than a limit of the fleet allows; the message has the numbers.' },
  'in-use': { means: 'Network interfaces are attached to the group; the message names what they belong to.' },
  'no-reviewed-plan': { means: 'There is no plan of exactly what was merged, finished before the merge.' },
  moved: {
    means: 'What was read right before the calls is not what the plan was made from: somebody else changed it.',
  },
  'handle-gone': { act: 'plan again; somebody else removed the rule' },
  defect: {
    means: 'Something happened that Trueup does not foresee. What was applied until then is in the journal.',
    act: 'report it with the lines of the log',
  },
  'apply-failed': { act: 'look at the reasons in the summary; a new plan shows what is left' },
  'held-for-mistake': {
    means: 'Something that the state names is not there in AWS, or would run nowhere: no run can mend that.',
    act: 'mend the lines that the plan names under what is held',
  },
  unread: { act: 'look at the reasons in the plan; the input `unread: warn` lets the step pass nevertheless' },
  'github-refused': {
    means: 'GitHub refused a request, or did not answer.',
    act: 'with 401 check the input `token`, with 403 or 404 the `permissions` of the job; otherwise run again later',
  },
  'github-too-large': { act: 'narrow the plan with `only`, or split it into shares' },
  'artifact-damaged': { act: 'let the plan run again; nothing of a damaged artifact is used' },
  'not-a-zip': { act: 'let the plan run again; nothing of a damaged artifact is used' },
  'everything-open': { act: 'narrow it with `allowed-ingress`' },
  'port-open': {
    means: 'A port is open to the world.',
    act: 'narrow it with `allowed-ingress`, unless the port is meant to be public',
  },
  'wide-range': {
    means: 'Many ports are open to a wide range.',
    act: 'narrow it with `allowed-ingress`, or name the ports that are needed',
  },
  'stale-reference': { act: 'remove the rule: it lets nobody in' },
  'unused-group': { act: 'delete the group, if nothing is to be launched with it' },
  shadowed: { act: 'remove the rule: it has no effect' },
  unjudged: { act: 'let the read role read the prefix list, or have its owner share it' },
};
