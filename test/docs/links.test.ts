/** What pages refer to is there: files, headings, and commands. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describedCommands } from './command-page.ts';
import { anchorsOf, codeOf, linksOf, pages } from './pages.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const commands = new Set(describedCommands().map(({ name }) => name.split(' ')[0] ?? ''));

describe.each(pages().map((page) => ({ page })))('$page', ({ page }) => {
  it('links to files and headings that there are', () => {
    const inside = linksOf(page).filter((url) => !/^[a-z]+:/.test(url));
    expect(inside.filter((url) => !leadsSomewhere(page, url))).toEqual([]);
  });

  it('names no command that there is not', () => {
    const named = codeOf(page).flatMap((text) => [...text.matchAll(/(?:^|[\s$"])trueup ([a-z]+)\b/gm)]);
    expect(named.map(([, word = '']) => word).filter((word) => !commands.has(word))).toEqual([]);
  });
});

function leadsSomewhere(page: string, url: string): boolean {
  const [path = '', anchor] = url.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || (target.endsWith('.md') && anchorsOf(target).includes(anchor));
}
