/** How are ports written in a policy, and which are meant? */
import { z } from 'zod';
import type { PortRange } from '../../ingress/entry.ts';

const port = z.int().min(0).max(65_535);
const range = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, { error: 'is not a range of ports: write e.g. "8000-8080"' })
  .refine((text) => text.split('-').every((end) => Number(end) <= 65_535), { error: 'a port is at most 65535' })
  .refine((text) => Number(text.split('-')[0]) <= Number(text.split('-')[1]), {
    error: 'the first port must not be above the second',
  });

/** Numbers and ranges. */
export const ports = z.array(port.or(range)).min(1);

export function portRange(text: number | string): PortRange {
  const [from = 0, to = from] = String(text).split('-').map(Number);
  return { from, to };
}
