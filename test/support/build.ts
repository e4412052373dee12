/**
 * Builds the bundle once before the tests, so that what they start as a process is what would ship; and judges after
 * them whether the roles of `trueup iam` allow all that Trueup has asked of the sandboxes.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beginRecording, judgeRecorded } from './recorded-calls.ts';

export async function setup(): Promise<void> {
  beginRecording();
  await promisify(execFile)('npx', ['--no-install', 'rolldown', '-c', '--logLevel', 'silent'], {
    cwd: new URL('../..', import.meta.url),
  });
}

export function teardown(): void {
  try {
    judgeRecorded();
  } catch (error) {
    // Vitest tells it, and would end as if all was well.
    process.exitCode = 1;
    throw error;
  }
}
