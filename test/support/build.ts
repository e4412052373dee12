/** Builds the bundle once before the tests, so that what they start as a process is what would ship. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export async function setup(): Promise<void> {
  await promisify(execFile)('npx', ['--no-install', 'rolldown', '-c', '--logLevel', 'silent'], {
    cwd: new URL('../..', import.meta.url),
  });
}
