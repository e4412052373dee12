/** What a person should know about an instance although nothing is to change: what its guardrails remark, and is not spared. */
import type { Guardrail, Remark, Surroundings } from '../model/guardrail.ts';
import { same } from '../model/json.ts';
import type { Address, Note } from '../model/plan.ts';
import type { Value } from '../model/resource.ts';
import type { Demand } from './govern.ts';
import { isShrinkable, type Spared, sparedFrom } from './judge.ts';

/** @param after what will be there: what is being mended needs no remark */
export function notesOn(
  after: Value,
  demands: readonly Demand[],
  spared: readonly Spared[],
  { address, around }: { readonly address: Address; readonly around: Surroundings },
): Note[] {
  const title = String(around.about.name ?? around.id);
  return demands.flatMap(({ guardrail, entry }) =>
    (guardrail.remarks?.(after, entry.params, around) ?? [])
      .filter((remark) => !isSpared(remark, after, guardrail, sparedFrom(spared, guardrail.name), around))
      .map(({ code, message, path, field }) => ({
        code,
        message,
        title,
        ...(field !== undefined && { field }),
        at: entry.positions[path] ?? entry.at,
        address,
      })),
  );
}

/** Whether all that the remark is about is what exceptions spare: it then would stay, were it not only reported. */
function isSpared(
  { field, cuts = [] }: Remark,
  value: Value,
  { resource }: Guardrail,
  spared: readonly string[],
  around: Surroundings,
): boolean {
  const told = field === undefined ? undefined : value[field];
  if (field === undefined || told === undefined || cuts.length === 0 || spared.length === 0) return false;
  const alone = { [field]: told };
  return isShrinkable(resource) && same(resource.shrink(alone, [{ cuts, spared }], around).value, alone);
}
