/** Does what the plan rested on still hold? Read again before the calls. */
import { type Cell, splitInput } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import { versionOf } from '../model/resource.ts';
import type { CellRun } from './cell-run.ts';

/** What the decision rested on and is no longer so, e.g. a new version of a prefix list. */
export async function otherInput({ inputs }: Cell, { readers, session }: CellRun): Promise<string | undefined> {
  for (const [input, version] of Object.entries(inputs)) {
    const { reader, id } = splitInput(input);
    const found = await readers.get(reader)?.read(session, { ids: [id] });
    const now = found?.[id];
    if (!now || versionOf(now) !== version) return `${reader} ${id} is no longer the one that was planned with`;
  }
  return undefined;
}

/** Whoever uses the resource now and did not when the plan was made; one who has gone does not matter. */
export async function newUser({ address, evidence }: Cell, { readers, session }: CellRun): Promise<Reason | undefined> {
  for (const { reader: name, users } of evidence) {
    const reader = readers.get(name);
    if (!reader) continue;
    const found = await reader.read(session, { ids: [address.id] });
    const newcomers = Object.keys(found[address.id]?.value ?? {}).filter((id) => !users.includes(id));
    if (newcomers.length > 0) {
      return {
        code: 'new-user',
        message: `in use by ${newcomers.join(', ')} since the plan was made`,
        advice: 'plan again',
      };
    }
  }
  return undefined;
}
