/**
 * The contract suite on an AWS double that was not written here: moto, in a Python environment of its own; and, from
 * there as well, cfn-lint's verdict on the templates of `trueup iam`, beside Terraform's where it is installed.
 * Exit: the tests' own code, or 75 when moto cannot be installed here, so that nobody takes that for a pass or a failure.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MOTO = '5.2.5';
/** moto brings it along; named here so that its verdict is always that of the same version. */
const CFN_LINT = '1.58.0';
const NOT_INSTALLABLE = 75;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const environment = join(root, '.trueup', `moto-${MOTO}`);
const bin = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin');

function giveUp(why, output) {
  console.error(`test:moto did not run: ${why}\n${(output ?? '').trim().split('\n').slice(-5).join('\n')}`);
  process.exit(NOT_INSTALLABLE);
}

/** Installs once; a half-made environment has no marker and is completed. */
function install() {
  const marker = join(environment, 'complete');
  if (existsSync(marker)) return;
  const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (!python) giveUp('there is no Python here');
  console.error(`installing moto ${MOTO} into ${environment}`);
  const quietly = { encoding: 'utf8', timeout: 600_000 };
  const made = spawnSync(python, ['-m', 'venv', environment], quietly);
  if (made.status !== 0) giveUp('Python cannot make a virtual environment', made.stderr || made.stdout);
  const pip = [
    join(bin, 'python'),
    ['-m', 'pip', 'install', '--quiet', `moto[server]==${MOTO}`, `cfn-lint==${CFN_LINT}`],
    quietly,
  ];
  const installed = spawnSync(...pip);
  if (installed.status !== 0) giveUp('pip cannot install moto', installed.stderr);
  spawnSync(join(bin, 'python'), ['-c', `open(${JSON.stringify(marker)}, 'w').close()`]);
}

/** Resolves with the URL once it listens; port 0 takes a free one. */
function startServer() {
  const server = spawn(join(bin, 'moto_server'), ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve) => {
    let said = '';
    const listen = (chunk) => {
      said = `${said}${chunk}`.slice(-10_000);
      const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (url) resolve({ server, url });
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    server.on('error', (error) => giveUp('moto does not start', error.message));
    server.on('exit', () => giveUp('moto ended before it listened', said));
  });
}

install();
const { server, url } = await startServer();
// No credentials of this machine take part: the keys are made up, and moto checks none.
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
  TRUEUP_MOTO: url,
  TRUEUP_CFN_LINT: join(bin, 'cfn-lint'),
  AWS_ACCESS_KEY_ID: 'moto',
  AWS_SECRET_ACCESS_KEY: 'moto',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const arguments_ = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/moto/vitest.config.ts'];
const tests = spawn(process.execPath, arguments_, { cwd: root, env, stdio: 'inherit' });
tests.on('exit', (code) => {
  server.removeAllListeners('exit');
  server.kill();
  process.exitCode = code ?? 1;
});
