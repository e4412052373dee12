/** Which groups of a target a guardrail means: all, or by name, tag or VPC; groups of AWS services only when asked. */
import { z } from 'zod';
import { globMatches } from '../model/glob.ts';
import type { Surroundings } from '../model/guardrail.ts';
import { ID_DIGITS, idPattern } from '../model/resource-id.ts';

export const groupSelection = z
  .strictObject({
    names: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('one of these names; `*` is any characters, `?` exactly one, and case matters'),
    tags: z
      .record(z.string(), z.string())
      .optional()
      .describe('all of these tags; in a value `*` is any characters, alone any value'),
    vpcs: z
      .array(z.string().regex(idPattern('vpc'), { error: `is not the id of a VPC: vpc- and ${ID_DIGITS}` }))
      .min(1)
      .optional()
      .describe('in one of these VPCs, by id'),
    ids: z
      .array(z.string().regex(idPattern('sg'), { error: `is not the id of a group: sg- and ${ID_DIGITS}` }))
      .min(1)
      .optional()
      .describe('one of these groups, by id'),
    managed: z
      .boolean()
      .default(false)
      .describe(
        'also those that AWS services made for themselves: they carry tags `aws:…` other than those of CloudFormation and Service Catalog',
      ),
  })
  .or(z.literal('all'));

export type GroupSelection = z.infer<typeof groupSelection>;

export function selects(selection: GroupSelection, { id, about }: Pick<Surroundings, 'id' | 'about'>): boolean {
  const tags = (about.tags ?? {}) as { readonly [key: string]: string };
  if (selection === 'all') return !isManaged(tags);
  const { names, tags: wanted = {}, vpcs, ids, managed } = selection;
  return (
    (managed || !isManaged(tags)) &&
    (names?.some((glob) => globMatches(glob, String(about.name ?? ''))) ?? true) &&
    (vpcs?.includes(String(about.vpc)) ?? true) &&
    (ids?.includes(id) ?? true) &&
    Object.entries(wanted).every(([key, value]) => tags[key] !== undefined && globMatches(value, tags[key]))
  );
}

/** Whether it would be selected, had no AWS service made it. */
export function leavesOut(selection: GroupSelection, around: Pick<Surroundings, 'id' | 'about'>): boolean {
  const all = selection === 'all' ? { managed: true } : { ...selection, managed: true };
  return !selects(selection, around) && selects(all, around);
}

/**
 * Tags that begin with `aws:` are set by AWS alone; those of CloudFormation and Service Catalog mark what a customer
 * deployed, all others what a service runs.
 * https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html#tag-conventions
 */
function isManaged(tags: { readonly [key: string]: string }): boolean {
  return Object.keys(tags).some(
    (key) => key.startsWith('aws:') && !/^aws:(?:cloudformation|servicecatalog):/.test(key),
  );
}
