/** The page of a plan: whole, readable without scripts, and nothing in it can load, run, lead elsewhere or break out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forTerminal } from '../../src/render/escape.ts';
import { renderHtml } from '../../src/render/html.ts';
import { element, page } from '../../src/render/page.ts';
import { say } from '../../src/render/phrase.ts';
import { renderTerminal } from '../../src/render/terminal.ts';
import { viewOf } from '../../src/render/view.ts';
import { plan, realistic } from './fixtures.ts';
import { HOSTILE, hostileText } from './hostile.ts';
import { hostilePlan } from './hostile-plan.ts';
import { elementsIn, faultsIn, parsePage, textIn } from './parse-html.ts';

const squeeze = (text: string): string => text.replaceAll(/[\s·]+/g, ' ').trim();
const shown = (html: string): string => squeeze(textIn(parsePage(html)));

describe('the page of a plan', () => {
  it('looks like this', async () => {
    await expect(`${renderHtml(viewOf(realistic))}\n`).toMatchFileSnapshot('snapshots/plan.html.snap');
  });

  it('says everything that the terminal says', () => {
    const lines = renderTerminal(viewOf(realistic), { colour: false, width: 10_000 }).split('\n').map(squeeze);
    const text = shown(renderHtml(viewOf(realistic)));
    const said = lines.filter((line) => line !== '' && !/^[A-Z]+ [\d,]+ |^Plan/.test(line));
    expect(said.length).toBeGreaterThan(20);
    expect(said.filter((line) => !text.includes(line))).toEqual([]);
  });

  it('begins with the verdict, and leads to every part', () => {
    const root = parsePage(renderHtml(viewOf(realistic)));
    const titles = elementsIn(root)
      .filter(({ name }) => name === 'h2')
      .map(textIn);
    const links = elementsIn(root)
      .filter(({ attributes }) => 'href' in attributes)
      .map(textIn);
    expect(links).toEqual(titles.map((title) => title.replace(' · ', ' ')));
    expect(links.length).toBeGreaterThan(4);
    expect(elementsIn(root).find(({ name }) => name === 'title')?.children).toEqual([
      expect.stringMatching(/^Plan: \d+ to change/),
    ]);
  });

  it('is calm when there is nothing to do, and says so when nothing was looked at', () => {
    const targets = [{ account: '222222222222', region: 'eu-west-1', inState: 7, governed: {}, digest: '' }];
    expect(shown(renderHtml(viewOf(plan([], { targets }))))).toContain('✓ Everything that could be read is as');
    expect(shown(renderHtml(viewOf(plan([]))))).toContain('No target is governed by this state');
  });
});

describe('hostile text', () => {
  it('is seen and not obeyed, wherever it stands in a plan', () => {
    for (const text of HOSTILE) {
      const html = renderHtml(viewOf(hostilePlan([text])));
      expect(faultsIn(html)).toEqual([]);
      expect(shown(html)).toContain(squeeze(forTerminal(text, 100)));
    }
  });

  it('finds no way out, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 5 }), (texts) => {
        expect(faultsIn(renderHtml(viewOf(hostilePlan(texts))))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('is escaped in words, phrases, attributes and the title alike', () => {
    const text = '</title><script>alert(1)</script>"\'&';
    const html = page(say`${text}`, element('main', {}, text, say`${text}`, element('p', { class: text }, '')));
    expect(html.match(/<script/g)).toBeNull();
    expect(
      elementsIn(parsePage(html))
        .filter(({ name }) => name === 'main')
        .map(textIn),
    ).toEqual([text + text]);
  });

  it('cannot reorder the words around it: each piece of data stands alone', () => {
    const html = page(say`x`, element('p', {}, say`a ${'שלום'} b`));
    expect(html).toContain('a <bdi>שלום</bdi> b');
  });
});
