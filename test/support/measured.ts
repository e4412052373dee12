/** What does work cost, whatever else the machine is doing? */

/**
 * @returns What the work gave, and the seconds that this process computed for it. Bounds on them are far above what the
 *   work takes, because machines differ: they are there for what grows out of proportion, which takes minutes.
 */
export async function measured<Result>(
  work: () => Result | Promise<Result>,
): Promise<readonly [result: Result, seconds: number]> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1e6];
}
