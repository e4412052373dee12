/** Results as files: there whole, or not at all. */
import { lstat, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { TrueupError } from '../model/problem.ts';

/**
 * Readable by its owner only: it names accounts, groups and ranges. A link is followed; a device or a pipe is written to.
 *
 * @throws TrueupError `file-not-written`; what was there before is then still there
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  try {
    const there = await stat(path).catch(unlessMissing);
    if (there && !there.isFile()) await writeFile(path, text);
    else await replace(there ? await realpath(path) : await targetOf(path), text);
  } catch (cause) {
    throw new TrueupError(
      {
        code: 'file-not-written',
        message: `${path} cannot be written`,
        advice: 'check that its directory exists, may be written to, and has room',
      },
      { cause },
    );
  }
}

async function replace(path: string, text: string): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await writeFile(part, text, { mode: 0o600 });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Of a link that leads to nothing yet: where it leads. */
async function targetOf(path: string): Promise<string> {
  const link = await lstat(path).catch(unlessMissing);
  return link?.isSymbolicLink() ? targetOf(resolve(dirname(path), await readlink(path))) : path;
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
