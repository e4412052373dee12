/** The pages a person reads, taken apart: their YAML blocks and their tables. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Nodes, Root, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

const ROOT = resolve(import.meta.dirname, '../..');

export type Block = {
  /** `docs/state.md:21`. */
  readonly place: string;
  readonly lang: string;
  readonly text: string;
  /** What stands behind `yaml` in the fence, e.g. `refused=bad-cidr`. */
  readonly mark: string;
};

export function pages(): readonly string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
  return ['README.md', 'CONTRIBUTING.md', ...docs.sort()];
}

export function yamlBlocks(page: string): readonly Block[] {
  return blocksOf(page).filter(({ lang }) => lang === 'yaml');
}

export function blocksOf(page: string): readonly Block[] {
  return below(parse(page)).flatMap((node) =>
    node.type === 'code'
      ? [
          {
            place: `${page}:${node.position?.start.line}`,
            lang: node.lang ?? '',
            text: `${node.value}\n`,
            mark: node.meta ?? '',
          },
        ]
      : [],
  );
}

/** The rows of the first table below a heading, each as the text of its cells; code without its backticks. */
export function tableUnder(page: string, heading: string): readonly (readonly string[])[] {
  const { children } = parse(page);
  const start = children.findIndex((node) => node.type === 'heading' && textOf(node) === heading);
  const table = children.slice(start + 1).find((node): node is Table => node.type === 'table');
  if (start < 0 || !table) throw new Error(`${page} has no table under "${heading}"`);
  return table.children.slice(1).map((row) => row.children.map(textOf));
}

/** Where its links lead, as they are written. */
export function linksOf(page: string): readonly string[] {
  return below(parse(page)).flatMap((node) => (node.type === 'link' ? [node.url] : []));
}

/** What GitHub calls its headings. */
export function anchorsOf(page: string): readonly string[] {
  const headings = below(parse(page)).filter(({ type }) => type === 'heading');
  return headings.map((node) =>
    textOf(node)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}

/** Everything that is set as code, in a line or a block. */
export function codeOf(page: string): readonly string[] {
  return below(parse(page)).flatMap((node) => (node.type === 'inlineCode' || node.type === 'code' ? [node.value] : []));
}

export function paragraphsOf(page: string): readonly string[] {
  return parse(page).children.flatMap((node) => (node.type === 'paragraph' ? [textOf(node)] : []));
}

const parsed = new Map<string, Root>();

function parse(page: string): Root {
  const text = (): string => readFileSync(join(ROOT, page), 'utf8');
  const root = parsed.get(page) ?? fromMarkdown(text(), { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  parsed.set(page, root);
  return root;
}

function below(node: Nodes): Nodes[] {
  return [node, ...('children' in node ? node.children.flatMap(below) : [])];
}

function textOf(node: Nodes): string {
  return below(node)
    .map((one) => (one.type === 'text' || one.type === 'inlineCode' ? one.value : ''))
    .join('');
}
