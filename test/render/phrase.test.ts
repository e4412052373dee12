import { expect, it } from 'vitest';
import { forMarkdown } from '../../src/render/escape.ts';
import { count, list, message, say, some, write } from '../../src/render/phrase.ts';
import { nodesOf, parseMarkdown } from './parse-markdown.ts';

const marked = (data: string): string => `‹${data}›`;

it('tells our words from data: the template is ours, what is put into it is not', () => {
  const phrase = say`closes ${'tcp 22'} in ${count(1234, ['account', 'accounts'])}, ${2} times: ${message('why')}`;
  expect(write(phrase, marked)).toBe('closes ‹tcp 22› in 1,234 accounts, 2 times: ‹why›');
});

it('never lets two pieces of data touch, for two code spans that touch are one', () => {
  const markdown = write(say`${'`a'}${'b`'}`, forMarkdown);
  const spans = nodesOf(parseMarkdown(markdown)).flatMap((node) => (node.type === 'inlineCode' ? [node.value] : []));
  expect(spans).toEqual(['`a', 'b`']);
});

it('lists all, or the first few', () => {
  const names = ['a', 'b', 'c', 'd', 'e'].map((name) => say`${name}`);
  expect(write(list(names), marked)).toBe('‹a›, ‹b›, ‹c›, ‹d›, ‹e›');
  expect(write(some(names), marked)).toBe('‹a›, ‹b›, ‹c› and 2 more');
  expect(write(some(names.slice(0, 3)), marked)).toBe('‹a›, ‹b›, ‹c›');
  expect(list([])).toEqual([]);
});

it('allows a message to be longer than a name', () => {
  const lengths = [...say`${'x'} ${message('x')}`].flatMap((part) => ('data' in part ? [part.max] : []));
  expect(lengths).toEqual([120, 500]);
});
