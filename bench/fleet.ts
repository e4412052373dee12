/**
 * How long does it take to list and plan a fleet, how much does it cost this machine, and how does that compare with a
 * bare loop over the SDK that reads the same? The sandbox answers from a process of its own, each request after 20 ms.
 *
 *     npm run bench -- [accounts] [regions] [latency in ms]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '../src/sandbox/server.ts';
import { planFleet } from './plan-fleet.ts';
import { readBare } from './read-bare.ts';
import { fleetSeed, type Size } from './seed.ts';

/** What a process needed for its work; `calls` are those that the sandbox has seen. */
type Cost = { readonly seconds: number; readonly cpu: number; readonly megabytes: number };
type Measured = Cost & { readonly calls: number; readonly found: number };

const ROLES = {
  async serve({ latencyMs, ...size }: Size): Promise<void> {
    const sandbox = await startSandbox({ seed: fleetSeed(size), latencyMs });
    process.send?.({ url: sandbox.url });
    process.on('message', () => process.send?.({ calls: sandbox.requests.length }));
  },
  trueup: (size: Size, url: string) => measure(() => planFleet(size, url)),
  bare: (size: Size, url: string) => measure(() => readBare(size, url)),
};

async function measure(work: () => Promise<number>): Promise<void> {
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  const found = await work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - begun) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  process.send?.({ seconds, cpu: (user + system) / 1e6, megabytes, found });
}

function start(role: keyof typeof ROLES, size: Size, url = ''): ChildProcess {
  return fork(fileURLToPath(import.meta.url), [role, JSON.stringify(size), url], { stdio: ['ignore', 2, 2, 'ipc'] });
}

async function next<Message>(child: ChildProcess): Promise<Message> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`a process of the benchmark ended with ${code}`);
    }),
  ]);
  return message as Message;
}

async function compare(size: Size): Promise<void> {
  const server = start('serve', size);
  const { url } = await next<{ url: string }>(server);
  const count = async (): Promise<number> => {
    server.send('count');
    return (await next<{ calls: number }>(server)).calls;
  };
  const run = async (role: 'trueup' | 'bare'): Promise<Measured> => {
    const before = await count();
    const child = start(role, size, url);
    const cost = await next<Cost & { found: number }>(child);
    if (child.connected) child.disconnect();
    return { ...cost, calls: (await count()) - before };
  };
  // The first run warms the server up; nobody is to gain from being second.
  await run('bare');
  const [trueup, bare] = [await run('trueup'), await run('bare')];
  server.kill();
  tell(size, { trueup, bare });
}

function tell(size: Size, measured: { readonly [who: string]: Measured }): void {
  const { trueup, bare } = measured as { trueup: Measured; bare: Measured };
  const lines = Object.entries(measured).map(
    ([who, { seconds, cpu, megabytes, calls, found }]) =>
      `${who.padEnd(8)} ${seconds.toFixed(2).padStart(7)} s ${cpu.toFixed(2).padStart(7)} s CPU ${megabytes.toFixed(0).padStart(5)} MB ${String(calls).padStart(7)} calls ${String(found).padStart(7)} groups`,
  );
  const ratio = (of: (one: Measured) => number): string => (of(trueup) / of(bare)).toFixed(2);
  process.stdout.write(
    [
      `${size.accounts} accounts × ${size.regions} regions, ${size.latencyMs} ms latency, ${size.changing ? `one in ${size.changing} to change` : 'all in state'}, Node ${process.versions.node}`,
      ...lines,
      `trueup / bare: time ${ratio(({ seconds }) => seconds)}, CPU ${ratio(({ cpu }) => cpu)}, memory ${ratio(({ megabytes }) => megabytes)}, calls ${ratio(({ calls }) => calls)}`,
      '',
    ].join('\n'),
  );
}

async function main([role, ...rest]: readonly string[]): Promise<void> {
  if (role !== undefined && Object.hasOwn(ROLES, role)) {
    return ROLES[role as keyof typeof ROLES](JSON.parse(rest[0] ?? '{}') as Size, rest[1] ?? '');
  }
  const [accounts = 60, regions = 17, latencyMs = 20] = [role, ...rest].flatMap((word) => (word ? [Number(word)] : []));
  await compare({ accounts, regions, latencyMs });
  await compare({ accounts, regions, latencyMs, changing: 10 });
}

// Not awaited at the top level: a lazily loaded chunk that imports this file would wait for it in vain.
void main(process.argv.slice(2));
