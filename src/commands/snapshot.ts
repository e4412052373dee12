/** `trueup snapshot`: reads everything the state governs, for planning and reporting without AWS. */
import { observe } from '../reconcile.ts';
import { renderJson } from '../render/json.ts';
import { counted } from '../render/phrase.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { withRun } from './session.ts';
import { writeWhole } from './write-whole.ts';

export type SnapshotOptions = CommonOptions & { readonly out?: string };

export async function snapshot(options: SnapshotOptions, io: Io): Promise<ExitCode> {
  return withRun(options, 'read', io, async (run) => {
    const taken = await observe({ ...run, whole: true });
    const text = `${JSON.stringify(taken, null, 2)}\n`;
    if (options.out) await writeWhole(options.out, text);
    else io.result(renderJson(taken));
    const unread = taken.readings.filter((reading) => reading.unread).length + taken.inventory.unreachable.length;
    const found = taken.readings.reduce((sum, reading) => sum + Object.keys(reading.found).length, 0);
    io.say(
      `${counted(found, ['observation', 'observations'])}${options.out ? ` in ${options.out}` : ''}${unread > 0 ? `, ${unread} could not be read` : ''}`,
    );
    return unread > 0 ? EXIT.error : EXIT.done;
  });
}
