/** How are ports written in a policy, and which are meant? */
import { z } from 'zod';
import type { PortRange } from '../../ingress/entry.ts';

const port = z.int().min(0).max(65_535);
const RANGE = /^(0|[1-9]\d{0,4})-(0|[1-9]\d{0,4})$/;
const range = z
  .string()
  .superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ pattern: RANGE.source });

/** Numbers and ranges. */
export const ports = z.array(port.or(range)).min(1);

export function portRange(text: number | string): PortRange {
  const [from = 0, to = from] = String(text).split('-').map(Number);
  return { from, to };
}

function problemOf(text: string): string | undefined {
  if (!RANGE.test(text)) return 'is neither a port nor a range of ports: write e.g. 8080 or 8000-8080';
  const { from, to } = portRange(text);
  if (Math.max(from, to) > 65_535) return 'a port is at most 65535';
  return from > to ? 'the first port must not be above the second' : undefined;
}
