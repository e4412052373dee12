/** `trueup init`: a starting state and the workflows. It writes what is missing, and never over what is there. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TrueupError } from '../model/problem.ts';
import { forTerminal } from '../render/escape.ts';
import { EXIT, type ExitCode, type Io, usageError } from './io.ts';
import { workflows } from './workflows.ts';

export type InitOptions = {
  readonly state: string;
  /** `owner/repo@ref` of the action. */
  readonly action: string;
  /** On how many machines to plan and apply. */
  readonly shards?: string;
  /** Where to write; the current directory unless said. */
  readonly directory?: string;
};

export async function init(options: InitOptions, io: Io): Promise<ExitCode> {
  const { state, action, directory = '.' } = options;
  if (!/^(\.\/|[\w.-]+\/[\w./-]+@[\w./-]+)$/.test(action))
    throw usageError('--action is neither "./" nor "owner/repo@ref"', 'pin it by a full commit SHA if you can');
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(state) || state.split('/').includes('..'))
    throw usageError('--state must be a plain relative directory', 'e.g. state');
  const files = { ...startingState(state), ...workflows({ action, state, shards: shardsOf(options.shards) }) };
  for (const [path, text] of Object.entries(files)) {
    const written = await writeNew(join(directory, path), text);
    io.result(`${written ? 'wrote' : 'kept '} ${forTerminal(path)}`);
  }
  io.say(next(options));
  return EXIT.done;
}

/** A matrix has at most 256 jobs; nobody has that many machines at once. */
const MOST_SHARDS = 64;

function shardsOf(text = '1'): number {
  const shards = Number(text);
  if (Number.isInteger(shards) && shards >= 1 && shards <= MOST_SHARDS) return shards;
  throw usageError(`--shards must be a number from 1 to ${MOST_SHARDS}`, 'one for each few hundred accounts is enough');
}

function next({ state, action }: Pick<InitOptions, 'state' | 'action'>): string {
  const of = state === 'state' ? '' : ` --state ${state}`;
  const isPinned = action === './' || /@[0-9a-f]{40}$/.test(action);
  const pin = `
The workflows use ${action}. A name can be moved to other code:
better write the full SHA of a commit there.
`;
  return `${isPinned ? '' : pin}
Next:
  1. trueup validate${of}
       is the state right? This needs no AWS
  2. trueup plan${of}
       with credentials that may read your own account; changes nothing
  3. take the # off "role:" in ${state}/fleet.yaml
       pipelines read and write through roles, never with their own credentials
  4. trueup iam${of} --format cloudformation --hub-account ACCOUNT
     trueup iam${of} --format cloudformation \\
       --hub-account ACCOUNT --part hub --repository OWNER/NAME
       these roles, and those that the workflows take, computed from the state
  5. docs/action.md of Trueup, "From nothing to the first merge"
       deploying them, variables, environments, the first pull request`;
}

/** The narrowest that is of use: the caller's own account, and nothing that could break anything. */
function startingState(directory: string): { readonly [path: string]: string } {
  return {
    [`${directory}/fleet.yaml`]: FLEET,
    [`${directory}/ranges.yaml`]: RANGES,
    [`${directory}/baseline.yaml`]: BASELINE,
  };
}

const FLEET = `# Which accounts and regions there are, how they are reached, and what must never happen.
kind: Fleet
accounts: self # the account of whoever runs it; later "organization"
# The roles that "trueup iam" writes. Without them a plan reads with the credentials that are there, and nothing is applied.
# role: { read: trueup-read, write: trueup-write }
# externalId: \${env:TRUEUP_EXTERNAL_ID}
regions: enabled
safety:
  limits: { perAccount: 20, perRun: 500, percent: 30 }
`;

const RANGES = `# Names for address ranges. "internet" and "private" are built in.
kind: Ranges
ranges:
  corporate: [198.51.100.0/24] # put your own networks here
`;

const BASELINE = `# What every account looks like. Start with what only reports; then tighten, one pull request at a time.
kind: Policy
name: baseline
targets:
  accounts: [all]
guardrails:
  # Whatever is launched without naming a group lands in the default group: it stays empty, unless something uses it.
  default-security-group: { ingress: none, egress: none, whenInUse: hold }
  allowed-ingress:
    - { ports: [22, 3389], from: [corporate], otherwise: report } # report · narrow · revoke
`;

async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new TrueupError(
      { code: 'file-not-written', message: `${path} cannot be written`, advice: 'check that it may be written to' },
      { cause },
    );
  }
}
