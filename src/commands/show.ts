/** A plan in the format that was asked for. */
import type { Plan } from '../model/plan.ts';
import { renderHtml } from '../render/html.ts';
import { renderJson } from '../render/json.ts';
import { renderMarkdown } from '../render/markdown.ts';
import { renderTerminal } from '../render/terminal.ts';
import { viewOf } from '../render/view.ts';
import type { Io } from './io.ts';

export const FORMATS = ['text', 'markdown', 'json', 'html'] as const;
export type Format = (typeof FORMATS)[number];

/** What GitHub takes as one comment, with room for a heading. */
const MARKDOWN_BUDGET = 60_000;

export function showPlan(plan: Plan, format: Format, { colour, width }: Pick<Io, 'colour' | 'width'>): string {
  switch (format) {
    case 'json':
      return renderJson(plan);
    case 'html':
      return renderHtml(viewOf(plan));
    case 'markdown':
      return renderMarkdown(viewOf(plan), { budget: MARKDOWN_BUDGET });
    case 'text':
      return renderTerminal(viewOf(plan), { colour, width });
  }
}
