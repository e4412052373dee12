/**
 * The state that pages show is state that loads. A block counts if it begins with `kind:` or `guardrails:`, or if its
 * fence says what becomes of it: `yaml refused=CODE` (the loader), `yaml conflicts=CODE` (the plan).
 */
import { describe, expect, it } from 'vitest';
import { type Block, pages, yamlBlocks } from './pages.ts';
import { load, plan, refusals } from './try-state.ts';

const blocks = pages().flatMap(yamlBlocks);
const starting = (word: string) => (block: Block) => block.text.replaceAll(/^\s*#.*\n/gm, '').startsWith(`${word}:`);
const marked =
  (word: string) =>
  ({ mark }: Block) =>
    mark.startsWith(`${word}=`);

describe('YAML on the pages', () => {
  it('is found, so that the rest of this file tests something', () => {
    const found = new Set(blocks.map(({ place }) => place.split(':')[0]));
    expect([...found]).toEqual(expect.arrayContaining(['README.md', 'docs/guardrails.md', 'docs/state.md']));
  });

  it('is marked with what is known here', () => {
    const unknown = blocks.filter(({ mark }) => mark !== '' && !/^(refused|conflicts)=[a-z-]+$/.test(mark));
    expect(unknown.map(({ place, mark }) => `${place} ${mark}`)).toEqual([]);
  });

  it.each(blocks.filter(starting('kind')).filter(({ mark }) => mark === ''))('$place loads', ({ text }) => {
    expect(refusals(() => plan(text))).toEqual([]);
  });

  it.each(blocks.filter(starting('guardrails')))('$place loads as part of a policy', ({ text }) => {
    const policy = `kind: Policy\nname: example\ntargets: { accounts: [all] }\n${text}`;
    expect(refusals(() => load(policy))).toEqual([]);
  });

  it.each(blocks.filter(marked('refused')))('$place is refused: $mark', ({ text, mark }) => {
    expect(refusals(() => load(text))).toEqual([mark.split('=')[1]]);
  });

  it.each(blocks.filter(marked('conflicts')))('$place loads, but cannot be planned: $mark', ({ text, mark }) => {
    expect(refusals(() => load(text))).toEqual([]);
    expect([...new Set(refusals(() => plan(text)))]).toEqual([mark.split('=')[1]]);
  });
});
