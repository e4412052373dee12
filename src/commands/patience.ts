/** Why does nothing seem to happen? Each reason to wait is said once, however many accounts and cells wait for it. */
import type { Io } from './io.ts';

export function patience(
  { say }: Pick<Io, 'say'>,
  pause: (ms: number) => Promise<void>,
): (ms: number, why?: string) => Promise<void> {
  const said = new Set<string>();
  return (ms, why) => {
    if (why !== undefined && !said.has(why)) say(why);
    if (why !== undefined) said.add(why);
    return pause(ms);
  };
}
