import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrueupError } from '../../src/model/problem.ts';
import type { State } from '../../src/model/state.ts';
import { loadState } from '../../src/state/load.ts';
import { FLEET, options } from './sample.ts';

const policy = (name: string) => `kind: Policy\nname: ${name}\ntargets: { accounts: [all] }\nguardrails: {}\n`;

describe('a state directory', () => {
  let base = '';
  let state = '';

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'trueup-state-'));
    state = join(base, 'state');
    await write('state/fleet.yaml', FLEET);
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  async function write(path: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(join(base, path)), { recursive: true });
    await writeFile(join(base, path), content);
  }

  const policies = async () => (await loadState(state, options())).policies.map(({ name }) => name);

  /** `code path:line:column` of each problem, the path below the state directory. */
  async function problems(directory = state): Promise<readonly string[]> {
    const failure: State | unknown = await loadState(directory, options()).catch((error: unknown) => error);
    if (!(failure instanceof TrueupError)) return [];
    return failure.problems.map(({ code, at }) => `${code} ${at.file.replace(`${base}/`, '')}:${at.line}:${at.column}`);
  }

  it('is read with everything below it, in the order of the paths', async () => {
    await write('state/b/2.yml', policy('second'));
    await write('state/a.yaml', policy('first'));
    await write('state/b/c/3.yaml', policy('third'));
    expect(await policies()).toEqual(['first', 'second', 'third']);
  });

  it('may contain other files, and hidden ones', async () => {
    for (const path of ['README.md', 'a.yaml.bak', '.hidden.yaml', '.git/x.yaml', 'notes/x.json'])
      await write(`state/${path}`, 'not: [yaml');
    expect(await problems()).toEqual([]);
  });

  it('may be a link itself, and be named with a slash at the end', async () => {
    await symlink(state, join(base, 'link'));
    expect(await problems(join(base, 'link'))).toEqual([]);
    expect(await problems(`${state}/`)).toEqual([]);
  });

  it('names the place of a problem by the path it was given', async () => {
    await write('state/teams/web.yaml', 'kind: Polcy\n');
    expect(await problems()).toEqual(['unknown-kind state/teams/web.yaml:1:7']);
    expect(await problems(`${base}/./state/../state`)).toEqual(['unknown-kind state/teams/web.yaml:1:7']);
  });

  it.each([
    ['is missing', 'nowhere'],
    ['is a file', 'state/fleet.yaml'],
  ])('is a problem when it %s, and the advice names --state', async (_, path) => {
    const failure = await loadState(join(base, path), options()).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'invalid-state',
      problems: [{ code: 'no-directory', advice: expect.stringContaining('--state') }],
    });
  });

  it('is a problem when it is empty', async () => {
    await rm(join(state, 'fleet.yaml'));
    expect(await problems()).toEqual(['no-state state:1:1']);
  });

  it('may link to files and directories inside, which are read once', async () => {
    await write('state/teams/web.yaml', policy('web'));
    await write('state/.shared/core.yaml', policy('core'));
    await symlink('teams/web.yaml', join(state, 'again.yaml'));
    await symlink('teams', join(state, 'same'));
    await symlink('..', join(state, 'teams', 'up'));
    await symlink('.shared/core.yaml', join(state, 'core.yaml'));
    expect(await policies()).toEqual(['core', 'web']);
  });

  it('may not link to files and directories outside, nor to nothing', async () => {
    await write('outside/secret.yaml', policy('secret'));
    await symlink('../outside/secret.yaml', join(state, 'file.yaml'));
    await symlink('../outside', join(state, 'directory'));
    await symlink('/etc/passwd', join(state, 'passwd.yml'));
    await symlink('nothing.yaml', join(state, 'dangling.yaml'));
    await symlink('loop.yaml', join(state, 'loop.yaml'));
    expect(await problems()).toEqual([
      'link-outside state/dangling.yaml:1:1',
      'link-outside state/directory:1:1',
      'link-outside state/file.yaml:1:1',
      'link-outside state/loop.yaml:1:1',
      'link-outside state/passwd.yml:1:1',
    ]);
  });

  it('says where a file stops being UTF-8', async () => {
    await write('state/latin.yaml', Buffer.from('# caf\u00e9\nname: caf\u00e9\n', 'latin1'));
    await write('state/utf16.yaml', Buffer.from('\ufeff# x\n', 'utf16le'));
    await write('state/cut.yaml', Buffer.from('# ok\n# \u6f22').subarray(0, -1));
    expect(await problems()).toEqual([
      'not-utf8 state/cut.yaml:2:3',
      'not-utf8 state/latin.yaml:1:6',
      'not-utf8 state/utf16.yaml:1:1',
    ]);
  });

  it('does not open what is no file, and does not read what is too large', async () => {
    execFileSync('mkfifo', [join(state, 'pipe.yaml')]);
    await write('state/large.yaml', Buffer.alloc(5 * 1024 * 1024, '#'));
    expect(await problems()).toEqual(['file-too-large state/large.yaml:1:1', 'not-a-file state/pipe.yaml:1:1']);
  });

  it('says what it may not read, and still reads the rest', async () => {
    await write('state/closed.yaml', policy('closed'));
    await write('state/closed/a.yaml', policy('a'));
    await write('state/wrong.yaml', 'kind: Polcy\n');
    await asNobody(async () => {
      expect(await problems()).toEqual([
        'file-unreadable state/closed:1:1',
        'file-unreadable state/closed.yaml:1:1',
        'unknown-kind state/wrong.yaml:1:7',
      ]);
    });
  });

  /** Root may read everything, so it steps down for a while. */
  async function asNobody(work: () => Promise<void>): Promise<void> {
    const uid = process.geteuid?.() ?? 0;
    await chmod(base, 0o755);
    await chmod(join(state, 'closed.yaml'), 0);
    await chmod(join(state, 'closed'), 0);
    if (uid === 0) process.seteuid?.(65_534);
    try {
      await work();
    } finally {
      if (uid === 0) process.seteuid?.(uid);
      await chmod(join(state, 'closed'), 0o755);
    }
  }

  it('may have any names: they are data', async () => {
    await write('state/\x1b[31m\u202e x.yaml', 'kind: Polcy\n');
    expect(await problems()).toEqual(['unknown-kind state/\x1b[31m\u202e x.yaml:1:7']);
  });

  it('counts problems and files in one sentence', async () => {
    await write('state/a.yaml', 'kind: A\n---\nkind: B\n');
    await write('state/b.yaml', 'kind: C\n');
    await expect(loadState(state, options())).rejects.toThrow('the state has 3 problems in 2 files');
  });
});
