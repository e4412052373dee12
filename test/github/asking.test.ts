/** What is asked of GitHub has bounds: how long is waited for what does not show yet, how much is asked, and taken in. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openApi } from '../../src/github/api.ts';
import type { Job } from '../../src/github/event.ts';
import { type Merged, mergedSince } from '../../src/github/merged.ts';
import { planRunsOf } from '../../src/github/plan-runs.ts';
import { type FakeGitHub, REPOSITORY, startGitHub, TOKEN } from '../support/github.ts';

const PLAN = '.github/workflows/trueup-plan.yml';
const sha = (number: number): string => number.toString(16).padStart(40, '0');
const AT = '2026-11-21T08:00:00Z';
const TIP = sha(1);

async function asking(work: (github: FakeGitHub, job: Job, waits: number[]) => Promise<void>): Promise<void> {
  const github = await startGitHub();
  try {
    const job = { ...REPOSITORY, repositoryId: REPOSITORY.id, sha: TIP, workflow: 'x' } as unknown as Job;
    await work(github, job, []);
    expect(github.offences).toEqual([]);
  } finally {
    await github.close();
  }
}

const apiOf = (url: string, waits: number[] = []) =>
  openApi({ url, token: TOKEN, wait: async (ms) => void waits.push(ms) });

describe('runs of a head that was merged just now', () => {
  const head = { sha: sha(2), ref: 'change' };
  const merged: Merged = { number: 1, head, base: 'main', mergedAt: AT, author: 'dana', commit: TIP };
  const run = { path: PLAN, event: 'pull_request', sha: head.sha, branch: head.ref, createdAt: AT } as const;

  it.each([
    ['show after a while, and are waited for', TIP, 2, 1],
    ['may never show: the waiting ends', TIP, 99, 0],
    ['are asked for once when it was merged earlier', sha(3), 1, 0],
  ])('%s', (_, commit, lag, found) =>
    asking(async (github, job, waits) => {
      github.runs.push({ id: 1, ...run, repository: REPOSITORY.id, headRepository: REPOSITORY.id });
      github.runLag = lag;
      const rules = { workflows: [PLAN], prefix: 'trueup-reviewed-state-' };
      const { trusted } = await planRunsOf(apiOf(github.url, waits), job, { ...merged, commit }, rules);
      expect(trusted).toHaveLength(found);
      expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(10_000);
    }),
  );
});

describe('what main got since the last apply', () => {
  it.each([
    [300, undefined, 300],
    [301, '301 commits', 0],
  ])('is asked for in bounds: of %i commits', (number, tooMuch, asked) =>
    asking(async (github, job) => {
      const line = Array.from({ length: number }, (_, index) => ({ sha: sha(index + 1), parents: [sha(index + 2)] }));
      github.history = async () => [...line].reverse();
      const range = await mergedSince(apiOf(github.url), job, sha(number + 1), 'main');
      expect(range.tooMuch).toBe(tooMuch);
      expect(new Set(github.requests.filter((request) => request.endsWith('/pulls'))).size).toBe(asked);
    }),
  );

  it('nobody knows when GitHub has forgotten that commit: main was rewritten', () =>
    asking(async (github, job) => {
      github.faults.push({ on: /compare/, status: 404, message: 'No common ancestor', times: 1 });
      expect(await mergedSince(apiOf(github.url), job, sha(9), 'main')).toMatchObject({ rewritten: true, pulls: [] });
    }));
});

describe('a limit of requests that ends long after this run', () => {
  it('is told as such, and is not waited for', () =>
    asking(async (github, job, waits) => {
      const headers = {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 7200),
      };
      github.faults.push({ on: /compare/, status: 403, message: 'API rate limit exceeded', headers, times: 9 });
      const asked = mergedSince(apiOf(github.url, waits), job, sha(9), 'main');
      await expect(asked).rejects.toMatchObject({ status: 403, advice: expect.stringContaining('run again later') });
      expect(waits).toEqual([]);
    }));
});

describe('a download', () => {
  it('that does not end is ended at its limit', async () => {
    const server = createServer((_, response) => {
      const more = (): void => void (response.writable && response.write(Buffer.alloc(1024), () => setImmediate(more)));
      more();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const download = apiOf(url).download('/artifact', 100_000);
      await expect(download).rejects.toMatchObject({ code: 'github-too-large' });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
