/** One of a thing is told as one: no "1 cells", whatever is asked. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Desk, openDesk } from '../support/cli.ts';
import { FIRST, FLEET, POLICY, SMALL_SEED } from '../support/small.ts';

const ONE = `${FLEET.replace(/ {2}- \{ id: "444455556666".*\n/, '')}safety: { limits: { perRun: 0 } }\n`;
const EXCEPTION = `kind: Exceptions
exceptions:
  - { guardrail: password-policy, scope: { account: "${FIRST}" }, owner: web, reason: moving, expires: EXPIRES }
`;

let desk: Desk;
beforeAll(async () => {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  desk = await openDesk(SMALL_SEED, {
    'state/fleet.yaml': ONE,
    'state/baseline.yaml': POLICY.replace(/ {2}default-security-group.*\n/, ''),
    'spared/fleet.yaml': ONE,
    'spared/baseline.yaml': POLICY,
    'spared/exceptions.yaml': EXCEPTION.replace('EXPIRES', tomorrow),
  });
});
afterAll(() => desk.close());

/** A one, and after it a word in the plural; verbs in the singular end in s as well. */
const ONE_OF_MANY = /(?<![\d.,:/-])1 (?:more )?(?!(?:is|was|has|exceeds|loosens|tightens|closes)\b)[a-z×]+s\b/g;

it('is so in everything that the commands say', async () => {
  const journal = ['--journal', desk.path('journal')];
  const said: string[] = [];
  const run = async (...words: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await desk.trueup(words);
    said.push(stdout, stderr);
    return stdout + stderr;
  };
  await run('validate');
  await run('targets');
  await run('report');
  await run('snapshot', '--only', 'guardrail=password-policy', '--out', desk.path('snapshot.json'));
  await run('plan', '--state', desk.path('spared'));
  await run('plan', '--state', desk.path('spared'), '--format', 'markdown');
  await run('explain', `${FIRST}/global`, '--state', desk.path('spared'));
  const only = ['--only', 'guardrail=password-policy', '--yes', ...journal];
  const refused = await run('apply', ...only);
  const [digest = ''] = /sha256:[0-9a-f]{64}/.exec(refused) ?? [];
  await run('apply', ...only, '--approved', digest);
  const [id = ''] = /\d{8}T\d{6}Z-[0-9a-f]{6}/.exec(await run('journal', 'list', ...journal)) ?? [];
  await run('journal', 'show', id, ...journal);
  await run('journal', 'verify', ...journal);
  await run('revert', id, '--yes', ...journal);
  const text = said.join('\n');
  for (const wanted of ['1 account, 1 account × region target', '1 observation', '1 cell', '1 change,'])
    expect(text).toContain(wanted);
  expect(text.match(ONE_OF_MANY) ?? []).toEqual([]);
});
