/** The command line as definitions: which commands, arguments and options there are. Building it runs and prints nothing. */
import { Command, Option } from 'commander';
import type { ExitCode, Io } from './commands/io.ts';
import { VERSION } from './version.ts';

/** What is done with a command once its options are known: run it, or only look at the definitions. */
export type Run = (work: (io: Io) => Promise<ExitCode>) => Promise<void>;

/**
 * Commands are loaded when they are called, so that help is quick.
 *
 * @param bare where help and mistakes go, and what they end; every command takes it over
 */
export function buildProgram(run: Run, bare = new Command()): Command {
  const program = bare
    .name('trueup')
    .description('Keeps AWS account guardrails in the state that YAML files in a Git repository declare.')
    .version(VERSION)
    .option('-q, --quiet', 'say nothing on stderr but errors')
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', EXIT_CODES);
  addReading(program, run);
  addExplaining(program, run);
  addWriting(program, run);
  addIam(program, run);
  addDoctor(program, run);
  addJournal(program, run);
  addSandbox(program, run);
  return program;
}

const EXIT_CODES = `
Exit codes: 0 done or nothing to do · 1 error, or something could not be read · 2 changes pending (with
--detailed-exitcode) · 3 refused by a safety rule · 130 interrupted, journal closed.

Try it without an account:  trueup demo`;

/** Commands that change nothing in AWS. */
function addReading(program: Command, run: Run): void {
  program
    .command('init')
    .description('a starting state and the workflows; never writes over what is there')
    .option('--state <dir>', 'the directory of the state', 'state')
    .option('--action <where>', 'what the workflows use: owner/repo@ref, best a commit, or "./"', 'trueup/trueup@v0')
    .option('--shards <number>', 'on how many machines to plan and apply', '1')
    .action((options) => run(async (io) => (await import('./commands/init.ts')).init(options, io)));
  withState(program.command('validate').description('check the state; needs no AWS')).action((options) =>
    run(async (io) => (await import('./commands/validate.ts')).validate(options, io)),
  );
  withShare(
    withAws(
      program.command('targets').description('which accounts and regions are governed, and which are skipped and why'),
    ),
  )
    .option('-o, --out <file>', 'also write them as a file that --inventory takes')
    .action((options) => run(async (io) => (await import('./commands/targets.ts')).targets(options, io)));
  withAws(program.command('report').description('every rule of every security group, and what is risky about them'))
    .option('-o, --out <file>', 'write it there instead of to stdout')
    .option('--snapshot <file>', 'report from a stored snapshot, without AWS')
    .addOption(
      new Option('--format <format>', 'how to show it')
        .choices(['markdown', 'html', 'json', 'csv'])
        .default('markdown'),
    )
    .action((options) => run(async (io) => (await import('./commands/report.ts')).report(options, io)));
  withAws(program.command('snapshot').description('read everything the state governs'))
    .option('-o, --out <file>', 'write it there instead of to stdout')
    .action((options) => run(async (io) => (await import('./commands/snapshot.ts')).snapshot(options, io)));
  withShare(withAws(program.command('plan').description('what would be done, and why')))
    .option('--merge <file...>', 'join the shares of a plan, without AWS')
    .option('-o, --out <file>', 'also write the plan as a file that "apply" takes')
    .option('--snapshot <file>', 'plan from a stored snapshot, without AWS')
    .option('--base <dir>', 'the state before the change: tells what is no longer managed')
    .addOption(
      new Option('--format <format>', 'how to show it').choices(['text', 'markdown', 'json', 'html']).default('text'),
    )
    .option('--detailed-exitcode', 'exit with 2 when changes are pending')
    .action((options) => run(async (io) => (await import('./commands/plan.ts')).plan(options, io)));
}

/** Commands that tell what the state means. */
function addExplaining(program: Command, run: Run): void {
  withConnection(withState(program.command('explain').description('which values apply there, from which lines')))
    .argument('<target>', 'ACCOUNT/REGION, or ACCOUNT/global; with /RESOURCE or /RESOURCE/ID for less')
    .option('--snapshot <file>', 'explain from a stored snapshot, without AWS')
    .option('--inventory <file>', 'the accounts and regions as "trueup targets --out" wrote them')
    .action((target, options) =>
      run(async (io) => (await import('./commands/explain.ts')).explain({ ...options, target }, io)),
    );
  program
    .command('schema')
    .description('the JSON Schema of the state, for editors')
    .action(() => run(async (io) => (await import('./commands/schema.ts')).schema(io)));
}

/** Commands that change AWS, each after it was asked whether it may. */
function addWriting(program: Command, run: Run): void {
  withExecution(
    withShare(withAws(program.command('apply').description('plan, show, ask, execute')))
      .argument('[plan]', 'a plan file: of the fresh plan, only the changes that are in it are executed')
      .option('--approved <digest...>', 'only these changes: digests of cells, or of the whole plan'),
  ).action((plan, options) => run(async (io) => (await import('./commands/apply.ts')).apply({ ...options, plan }, io)));
  withExecution(
    withAws(program.command('revert').description('plan the way back from a run, show, ask, execute'))
      .argument('<run>', 'a run, as "trueup journal list" shows it')
      .option('--approved <digest...>', 'only these changes of the way back: digests of cells, or of all of it'),
  ).action((of, options) =>
    run(async (io) => (await import('./commands/revert.ts')).revert({ ...options, run: of }, io)),
  );
}

/** What the accounts must allow, computed from the state. */
function addIam(program: Command, run: Run): void {
  const formats = ['json', 'cloudformation', 'terraform'];
  withAws(program.command('iam').description('the roles that this state needs, computed from it'))
    .addOption(new Option('--format <format>', 'how to write them').choices(formats).default('json'))
    .addOption(
      new Option('--part <part>', 'roles of the governed accounts, or of the one that Trueup is called from')
        .choices(['members', 'hub'])
        .default('members'),
    )
    .option('--hub-account <id>', 'the account that Trueup is called from (default: "caller" of the fleet)')
    .option('--caller-role <name...>', 'roles there that may assume the others, instead of those for GitHub')
    .option('--repository <owner/name>', 'on GitHub, for the roles that its workflows take')
    .option('--owner-id <number>', 'number of its owner, for subjects that survive a rename')
    .option('--repository-id <number>', 'number of the repository')
    .option('--partition <partition>', 'aws, aws-cn, aws-us-gov (default: aws)')
    .option('--boundary <name|arn>', 'bound the roles: by a policy of this name, written too, or by one that exists')
    .option('--journal <dir|s3://…>', 'keep what a revert of its runs needs; for the hub: let its roles write there')
    .option('--self-check', 'let the read role look at the roles, for --diff and "doctor"')
    .option('--report', 'let the read role read what "report" shows beside what the state governs')
    .option('--diff', 'compare the deployed roles with those that the same options would write')
    .action((options) => run(async (io) => (await import('./commands/iam.ts')).iam(options, io)));
}

function addDoctor(program: Command, run: Run): void {
  withAws(
    program
      .command('doctor')
      .description('can every target be reached and every permission be used? what is missing, where'),
  ).action((options) => run(async (io) => (await import('./commands/doctor.ts')).doctor(options, io)));
}

function addJournal(program: Command, run: Run): void {
  const journal = program.command('journal').description('what earlier runs did');
  withJournal(journal.command('list', { isDefault: true }).description('every run, oldest first')).action((options) =>
    run(async (io) => (await import('./commands/journal.ts')).listJournal(options, io)),
  );
  withJournal(
    journal
      .command('show')
      .argument('<run>', 'a run, as "trueup journal list" shows it')
      .description('what a run did to each cell'),
  ).action((of, options) => run(async (io) => (await import('./commands/journal.ts')).showJournal(of, options, io)));
  withJournal(
    journal.command('verify').argument('[run]', 'only this one').description('whether the records still hold together'),
  ).action((of, options) => run(async (io) => (await import('./commands/journal.ts')).verifyJournal(of, options, io)));
}

function addSandbox(program: Command, run: Run): void {
  program
    .command('sandbox')
    .description('an embedded AWS on localhost, for trying a state without an account')
    .option('--seed <file>', 'the organisation in it, as YAML (default: the one of the demo)')
    .option('--port <port>', 'default: a free one')
    .option('--latency <ms>', 'answer no sooner than after this many milliseconds')
    .action((options) => run(async (io) => (await import('./commands/sandbox.ts')).sandbox(options, io)));
  program
    .command('demo')
    .description('the whole promise on the embedded AWS: plan, apply, plan again, revert')
    .action(() => run(async (io) => (await import('./commands/demo.ts')).demo(io)));
}

function withState(command: Command): Command {
  return command
    .option('--state <dir>', 'the directory of the state', 'state')
    .option('--json', 'machine-readable output');
}

function withAws(command: Command): Command {
  return withConnection(withState(command)).option(
    '--only <what>',
    'account=…,region=…,guardrail=… (words may be repeated)',
  );
}

function withConnection(command: Command): Command {
  return command
    .option('--fleet <name>', 'which fleet, when the state has several')
    .option('--profile <name>', 'the AWS profile of the caller')
    .option(
      '--identity <text>',
      'what CloudTrail shows as source identity; "none" sets none (default: the pipeline run)',
    )
    .option('--allow-user-credentials', 'in a pipeline, accept the long-lived credentials of an IAM user')
    .option('--allow-endpoint', 'accept endpoints that are not AWS hosts, and AWS_ENDPOINT_URL');
}

function withExecution(command: Command): Command {
  return command
    .option('-y, --yes', 'do not ask')
    .option('--journal <place>', `${RECORD}; in a pipeline it must be given)`)
    .option('--break-lock <owner...>', 'take the lock in the bucket away from whoever holds it and is dead')
    .option('--fail-fast', 'begin nothing new once a change has failed');
}

/** A bucket is reached like everything else in AWS; a directory needs none of these options. */
function withJournal(command: Command): Command {
  return withConnection(withState(command)).option('--journal <place>', `${RECORD})`);
}

const RECORD = 'where the record is kept: a directory or s3://BUCKET/PREFIX (default: .trueup/journal';

/** For a fleet that takes more than one machine. */
function withShare(command: Command): Command {
  return command
    .option('--shard <index/of>', 'only this share of the accounts, such as 3/16')
    .option('--inventory <file>', 'the accounts and regions as "trueup targets --out" wrote them');
}
