/** What a policy may write about Security Hub itself. */
import { z } from 'zod';
import { STANDARDS } from './standards.ts';

/** Only those that an account can switch on itself. */
const standard = z.enum(STANDARDS.filter((one) => !isForeign(one)));

export const schema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('whether Security Hub is on; `false` switches it off, with all its standards'),
    defaultStandards: z
      .boolean()
      .default(false)
      .describe('with the hub itself, also the standards that AWS would switch on; no effect where it is on already'),
    standards: z.array(standard).default([]).describe('switched on, with all their controls'),
    otherStandards: z
      .enum(['leave', 'disabled'])
      .default('leave')
      .describe('what becomes of standards that are not named'),
    autoEnableControls: z.boolean().exactOptional().describe('whether AWS switches on the controls it adds'),
    consolidatedFindings: z
      .boolean()
      .exactOptional()
      .describe('one finding for all standards; in an organization only the administrator can change it'),
  })
  .refine(
    ({ enabled, standards, defaultStandards, autoEnableControls, consolidatedFindings }) =>
      enabled ||
      (standards.length === 0 && !defaultStandards && (autoEnableControls ?? consolidatedFindings) === undefined),
    { path: ['enabled'], error: 'nothing else has an effect while "enabled" is false: leave the other fields out' },
  );

export type Params = z.output<typeof schema>;

/** Switched on and off by AWS Control Tower, and by nobody else. */
export function isForeign(standard: string): boolean {
  return standard === 'control-tower';
}
