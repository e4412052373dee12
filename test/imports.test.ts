/** Which folder may know which: read from the import lines themselves. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');

/** Each may import from itself and from those that stand before it in its list. */
const MODEL = ['model'];
const RESOURCES = [...MODEL, 'ingress', 'resources', 'settings', 'guardrails'];
const STATE = [...RESOURCES, 'state', 'fleet', 'plan'];
const RENDER = [...STATE, 'render', 'execute', 'journal', 'iam'];
const FLOW = [...RENDER, 'github', 'run.ts', 'reading.ts', 'reconcile.ts', 'version.ts'];
const MAY_IMPORT: { readonly [folder: string]: readonly string[] } = {
  model: [],
  ingress: MODEL,
  resources: [...MODEL, 'ingress', 'settings'],
  settings: MODEL,
  guardrails: RESOURCES,
  state: [...RESOURCES],
  fleet: [...MODEL],
  plan: [...MODEL, 'ingress', 'fleet'],
  render: STATE,
  execute: STATE,
  journal: STATE,
  iam: STATE,
  github: RENDER,
  'run.ts': [...RENDER, 'version.ts'],
  'reading.ts': [...RENDER, 'run.ts'],
  'reconcile.ts': [...RENDER, 'run.ts', 'reading.ts'],
  aws: MODEL,
  sandbox: MODEL,
  commands: [...FLOW, 'aws', 'sandbox'],
  'terminal.ts': ['commands'],
  'program.ts': ['commands', 'version.ts'],
  'command-line.ts': ['commands', 'program.ts', 'terminal.ts'],
  'cli.ts': ['command-line.ts'],
  'runner.ts': ['commands', 'github', 'render'],
  'step.ts': ['commands', 'runner.ts'],
  'action.ts': ['github', 'step.ts'],
  'version.ts': [],
};
/** Nothing of these may be waited for or asked the time: a plan is a function of its inputs. */
const PURE = ['model', 'ingress', 'guardrails', 'plan', 'render'];

const files = sourceFiles(SRC);

describe('imports', () => {
  it('go one way: each file imports only what stands below it', () => {
    expect(files.flatMap(foreignImports)).toEqual([]);
  });

  it('go in no circle, be it only for a type', () => {
    const left = new Map(files.map((file) => [file, ownImports(file)]));
    // Whatever imports nothing that is left can go; what stays to the end is a circle, or stands above one.
    for (let before = -1; before !== left.size; ) {
      before = left.size;
      for (const [file, paths] of left) if (!paths.some((path) => left.has(path))) left.delete(file);
    }
    expect([...left.keys()]).toEqual([]);
  });

  it('every folder is in the picture', () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => !MAY_IMPORT[folder])).toEqual([]);
  });

  it('what is pure waits for nothing and asks no clock', () => {
    expect(files.filter((file) => PURE.includes(folderOf(file))).flatMap(impurities)).toEqual([]);
  });

  it('only aws and sandbox open connections', () => {
    const others = files.filter((file) => !['aws', 'sandbox'].includes(folderOf(file)));
    expect(others.flatMap(connections)).toEqual([]);
  });
});

function foreignImports(file: string): string[] {
  const folder = folderOf(file);
  return ownImports(file)
    .filter((path) => folderOf(path) !== folder && !MAY_IMPORT[folder]?.includes(folderOf(path)))
    .map((path) => `${file} imports ${path}`);
}

function ownImports(file: string): string[] {
  return importsOf(file)
    .filter((path) => path.startsWith('.'))
    .map((path) => relative(SRC, resolve(SRC, dirname(file), path)))
    .filter((path) => !path.startsWith('..'));
}

/** The model declares ports and what readers are made of: it may speak of promises, but asks no clock either. */
function impurities(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const waits = folderOf(file) === 'model' ? [] : text.matchAll(/\b(?:async|await|Promise)\b/g);
  const clocks = /new Date\(\)|Date\.now\(\)|performance\.now|Math\.random/g;
  return [...waits, ...text.matchAll(clocks)].map(([word]) => `${file}: ${word}`);
}

function connections(file: string): string[] {
  const direct = importsOf(file).filter((path) => /^node:(?:https?|net|tls|http2)$|credential-provider/.test(path));
  const clients = [...readFileSync(join(SRC, file), 'utf8').matchAll(/new \w+Client\(/g)].map(([text]) => text);
  return [...direct, ...clients].map((what) => `${file}: ${what}`);
}

function sourceFiles(directory: string): string[] {
  return readdirSync(directory)
    .flatMap((name) => {
      const path = join(directory, name);
      return statSync(path).isDirectory() ? sourceFiles(path) : [relative(SRC, path)];
    })
    .filter((path) => path.endsWith('.ts'));
}

function folderOf(path: string): string {
  return path.split('/')[0] ?? path;
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, path]) => path ?? '');
}
