/** Ingress guardrails against an AWS that answers over HTTP: what is open meanwhile, what is refused, what has moved. */
import { EC2Client, ModifyManagedPrefixListCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { boxOf } from '../../src/ingress/box.ts';
import { containsRegion, intersectRegions, type Region } from '../../src/ingress/region.ts';
import { canonicalRule, ruleName } from '../../src/ingress/rule.ts';
import type { Cell, Plan } from '../../src/model/plan.ts';
import type { Rule } from '../../src/model/rule.ts';
import { observe, plan as planOf } from '../../src/reconcile.ts';
import { renderHtml } from '../../src/render/html.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { renderTerminal } from '../../src/render/terminal.ts';
import { viewOf } from '../../src/render/view.ts';
import type { Run } from '../../src/run.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import type { Place, SecurityGroup } from '../../src/sandbox/world/world.ts';
import { applyCells, changing, undoPlan } from '../support/apply.ts';
import { openRun, withSandbox } from '../support/sandbox.ts';
import { ACCOUNT, fleetYaml, REGION, seedWith } from '../support/worlds.ts';

const WEB = 'sg-0aaaaaaaaaaaaaaa1';
const LIST = 'pl-0aaaaaaaaaaaaaaa1';

type World = { readonly rules: readonly string[]; readonly more?: string; readonly lists?: string };

function seedOf({ rules, more = '', lists = '' }: World): string {
  const ingress = rules.map(
    (rule) => `{ rule: "${rule}", description: "${rule.slice(0, 6)}", tags: { ticket: OPS-1 } }`,
  );
  const network = `{ "*": { prefixLists: [${lists}], vpcs: [{ name: default, default: true, groups: [{ name: web, id: ${WEB}, ingress: [${ingress}] }] }] } }`;
  return seedWith('[]').replace(/network: .*/, `network: ${network}\n    ${more}`);
}

const stateOf = (guardrails: string, more = ''): string =>
  `${fleetYaml(ACCOUNT)}kind: Policy\nname: ingress\ntargets: { accounts: [all] }\nguardrails:\n  ${guardrails}\n${more}`;
const SSH =
  'allowed-ingress: [{ ports: [22], from: [198.51.100.0/24, 203.0.113.0/26, "2001:db8:10::/48"], otherwise: narrow }]';
const OFFICES = `{ name: offices, id: ${LIST}, maxEntries: 5, version: 3, entries: [198.51.100.0/25, 192.0.2.0/24] }`;

function placeIn({ world }: Sandbox): Place {
  const place = world.accounts.get(ACCOUNT)?.place(REGION);
  if (!place) throw new Error('no such place');
  return place;
}

function webIn(sandbox: Sandbox): SecurityGroup {
  const group = placeIn(sandbox).groups.get(WEB);
  if (!group) throw new Error('no such group');
  return group;
}

/** Name of each rule → its id. */
function rulesNow(sandbox: Sandbox): ReadonlyMap<string, string> {
  return new Map(
    [...webIn(sandbox).rules].map(({ id, body: { egress, source, ...traffic } }) => [
      ruleName(
        canonicalRule({
          ...traffic,
          direction: egress ? 'egress' : 'ingress',
          peer: source.kind === 'group' ? { kind: 'group', id: source.id } : source,
        }),
      ),
      id,
    ]),
  );
}

/** What is let in: the packets, whatever the rules are called. */
function openNow(sandbox: Sandbox): Region {
  const { prefixLists } = placeIn(sandbox);
  return [...webIn(sandbox).rules]
    .filter(({ body }) => !body.egress)
    .map(
      ({ body: { egress: _, source, ...traffic } }): Rule =>
        canonicalRule({
          ...traffic,
          direction: 'ingress',
          peer: source.kind === 'group' ? { kind: 'group', id: source.id } : source,
        }),
    )
    .map((rule) => boxOf(rule, (id) => prefixLists.get(id)?.entries.map(({ cidr }) => ({ cidr }))));
}

async function planNow(run: Run): Promise<Plan> {
  return planOf(run, await observe(run));
}

async function cellNow(run: Run): Promise<Cell | undefined> {
  return (await planNow(run)).cells.find(({ address }) => address.id === WEB);
}

const ingressOf = (cell: Cell | undefined): string[] =>
  Object.keys(cell?.after ?? {})
    .filter((name) => name.includes(' from '))
    .sort();

describe('what stays allowed is allowed at every instant between calls', () => {
  it.each([
    [
      'a rule in the middle of whose ports something is cut',
      SSH,
      ['tcp 20-25 from 0.0.0.0/0', 'tcp 0-65535 from ::/0'],
    ],
    ['everything from everywhere', SSH, ['all from 0.0.0.0/0', 'all from ::/0']],
    ['a prefix list of which a part is allowed', SSH, [`tcp 22 from ${LIST}`, 'tcp 443 from 0.0.0.0/0']],
    [
      'narrowed and revoked rules that overlap',
      'allowed-ingress: [{ ports: [22], from: [10.0.0.0/9], otherwise: narrow }, { ports: [20-21], from: [10.0.0.0/8], otherwise: revoke }]',
      ['tcp 22-30 from 10.0.0.0/8', 'tcp 20-22 from 0.0.0.0/0', 'tcp 22 from 10.64.0.0/10'],
    ],
    [
      'exact rules',
      'security-group-rules: [{ groups: { names: [web] }, ingress: [tcp 22-25 from 10.0.0.0/8, tcp 443 from internet, all from itself] }]',
      ['tcp 20-23 from 10.0.0.0/8', 'tcp 443 from 0.0.0.0/1', 'tcp 443-444 from 128.0.0.0/1', 'udp 53 from 10.0.0.0/8'],
    ],
  ])('%s', (_, guardrails, rules) =>
    withSandbox({ seed: seedOf({ rules, lists: OFFICES }), state: stateOf(guardrails) }, async (run, sandbox) => {
      const before = openNow(sandbox);
      const there = rulesNow(sandbox);
      const seen: Region[] = [];
      const applied = await applyCells(run, changing(await planNow(run)), {
        breakSession: (session) => ({
          ...session,
          send: async (call) => {
            const answer = await session.send(call);
            seen.push(openNow(sandbox));
            return answer;
          },
        }),
      });
      expect(applied.outcomes.map(({ result, reason }) => reason ?? result)).toEqual(['applied']);
      const stays = intersectRegions(before, openNow(sandbox));
      expect(seen.length).toBeGreaterThan(1);
      for (const region of seen) expect(containsRegion(region, stays)).toBe(true);
      expect((await planNow(run)).cells).toEqual([]);
      await applyCells(run, changing(await undoPlan(run, applied)));
      expect([...rulesNow(sandbox).keys()].sort()).toEqual([...there.keys()].sort());
    }),
  );

  it('a rule that is changed in place keeps its id there and back', () =>
    withSandbox(
      {
        seed: seedOf({ rules: ['tcp 22 from 0.0.0.0/0'] }),
        state: stateOf('allowed-ingress: [{ ports: [22], from: [198.51.100.0/24], otherwise: narrow }]'),
      },
      async (run, sandbox) => {
        const id = rulesNow(sandbox).get('tcp 22 from 0.0.0.0/0');
        const applied = await applyCells(run, changing(await planNow(run)));
        expect(rulesNow(sandbox).get('tcp 22 from 198.51.100.0/24')).toBe(id);
        await applyCells(run, changing(await undoPlan(run, applied)));
        expect(rulesNow(sandbox).get('tcp 22 from 0.0.0.0/0')).toBe(id);
        expect([...webIn(sandbox).rules][0]).toMatchObject({ description: 'tcp 22' });
      },
    ));
});

describe('which line cuts which rule', () => {
  const rules = ['tcp 22 from 0.0.0.0/0', 'tcp 3389 from 0.0.0.0/0'];
  const entries = (gap: string, second: string): string =>
    `allowed-ingress:\n${gap}    - { ports: [22], from: [198.51.100.0/24], otherwise: narrow }\n    - { ports: ${second}, from: none, otherwise: narrow }`;

  it('is said for each change where the lines differ, in every format', () =>
    withSandbox({ seed: seedOf({ rules }), state: stateOf(entries('', '[3389]')) }, async (run) => {
      const plan = await planNow(run);
      const cell = plan.cells.find(({ address }) => address.id === WEB);
      const [first, second] = (cell?.causes ?? []).map(({ at }) => `${at.file}:${at.line}`);
      expect(first).not.toBe(second);
      expect(cell?.steps.flatMap(({ changes }) => changes.map(({ field, causes }) => [field, causes])).sort()).toEqual([
        ['tcp 22 from 0.0.0.0/0', [0]],
        ['tcp 22 from 198.51.100.0/24', [0]],
        ['tcp 3389 from 0.0.0.0/0', [1]],
      ]);
      const text = renderTerminal(viewOf(plan), { colour: false, width: 200 });
      expect(text).toContain(`closes tcp 3389 from 0.0.0.0/0 “tcp 33” {ticket=OPS-1}  ${second}`);
      expect(text).toContain(`keeps tcp 22 from 198.51.100.0/24 “tcp 22” {ticket=OPS-1}  ${first}`);
      const markdown = renderMarkdown(viewOf(plan), { budget: 60_000 }).replaceAll('`', '');
      expect(markdown).toContain(`by allowed-ingress in ingress, ${second}: tcp 3389 from 0.0.0.0/0`);
      expect(renderHtml(viewOf(plan))).toMatch(
        /closes <bdi>tcp 3389 from 0\.0\.0\.0\/0<\/bdi>.*?<span class="faint"> · <bdi>[^<]*:\d+<\/bdi>/,
      );
    }));

  it('is said once where all changes have the same lines, and decides nothing: the digest stays when lines move', () =>
    withSandbox({ seed: seedOf({ rules }), state: stateOf(entries('', '[22, 3389]')) }, async (run, sandbox) => {
      const one = stateOf('allowed-ingress: [{ ports: [22, 3389], from: none, otherwise: narrow }]');
      const same = await openRun(sandbox, one);
      expect(JSON.stringify((await cellNow(same))?.steps)).not.toContain('causes');
      await same.connection.close();
      const moved = await openRun(sandbox, stateOf(entries('\n\n', '[22, 3389]')));
      const [here, there] = [await cellNow(run), await cellNow(moved)];
      expect(here?.causes).not.toEqual(there?.causes);
      expect(here?.digest).toBe(there?.digest);
      await moved.connection.close();
    }));
});

describe('the quota of rules per group', () => {
  const world = { rules: ['tcp 22 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'], more: 'quotas: { rulesPerGroup: 2 }' };

  it('that the fleet knows holds the cell and says how many are over', () =>
    withSandbox(
      { seed: seedOf(world), state: stateOf(SSH).replace('---', 'safety: { rulesPerGroup: 2 }\n---') },
      async (run, sandbox) => {
        const cell = await cellNow(run);
        expect(cell).toMatchObject({ outcome: 'held', reason: { code: 'too-many-rules' } });
        expect(cell?.reason?.message).toBe('the group would have IPv4 ingress rules: 3, 1 over the 2 of its quota');
        expect(sandbox.requests.filter(({ action }) => /^(?:Authorize|Modify|Revoke)/.test(action))).toEqual([]);
      },
    ));

  it('that it does not know stops the first call: nothing is lost, and AWS is quoted', () =>
    withSandbox({ seed: seedOf(world), state: stateOf(SSH) }, async (run, sandbox) => {
      const there = rulesNow(sandbox);
      const { outcomes } = await applyCells(run, changing(await planNow(run)));
      expect(outcomes).toMatchObject([{ result: 'failed' }]);
      expect(outcomes[0]?.reason?.message).toMatch(/maximum number of rules per security group/i);
      expect(rulesNow(sandbox)).toEqual(there);
    }));
});

describe('a rule through a prefix list', () => {
  const through = (lists: string) => seedOf({ rules: [`tcp 22 from ${LIST}`], lists });

  it('is kept by reference when all of its entries are allowed', () =>
    withSandbox({ seed: through(OFFICES.replace(', 192.0.2.0/24', '')), state: stateOf(SSH) }, async (run) => {
      expect(await cellNow(run)).toBeUndefined();
    }));

  it('is replaced by the allowed part of its entries when not, and the plan rests on the version of the list', () =>
    withSandbox({ seed: through(OFFICES), state: stateOf(SSH) }, async (run) => {
      const cell = await cellNow(run);
      expect(ingressOf(cell)).toEqual(['tcp 22 from 198.51.100.0/25']);
      expect(cell?.inputs).toEqual({ [`prefix-list/${LIST}`]: '3' });
      expect(viewOf(await planNow(run)).sections.map(({ title }) => title)).toEqual(['Changes']);
    }));

  it('has moved when the list is another one than at review', () =>
    withSandbox({ seed: through(OFFICES), state: stateOf(SSH) }, async (run, sandbox) => {
      const cells = changing(await planNow(run));
      const { prefixLists } = placeIn(sandbox);
      const list = prefixLists.get(LIST);
      if (!list) throw new Error('no such list');
      prefixLists.set(LIST, { ...list, version: 4 });
      const { outcomes, journal } = await applyCells(run, cells);
      expect(outcomes).toMatchObject([{ result: 'moved', reason: { message: expect.stringContaining(LIST) } }]);
      expect(journal.lines.filter(({ entry }) => entry.kind === 'intent')).toEqual([]);
    }));

  it('has moved when its owner adds to the list while the executor asks for it, just before the calls', () =>
    withSandbox({ seed: through(OFFICES), state: stateOf(SSH) }, async (run, sandbox) => {
      const cells = changing(await planNow(run));
      const held = sandbox.hold({ action: 'DescribeManagedPrefixLists', account: ACCOUNT, times: 1 });
      const applying = applyCells(run, cells);
      await held.arrived;
      const owner = new EC2Client({ endpoint: sandbox.url, region: REGION, credentials: sandbox.credentials });
      const added = { PrefixListId: LIST, CurrentVersion: 3, AddEntries: [{ Cidr: '203.0.113.0/28' }] };
      await owner.send(new ModifyManagedPrefixListCommand(added));
      owner.destroy();
      held.release();
      const { outcomes, journal } = await applying;
      expect(outcomes).toMatchObject([{ result: 'moved', reason: { message: expect.stringContaining(LIST) } }]);
      expect(journal.lines.filter(({ entry }) => entry.kind === 'intent')).toEqual([]);
      expect([...rulesNow(sandbox).keys()]).toContain(`tcp 22 from ${LIST}`);
      expect(ingressOf(await cellNow(run))).toEqual(['tcp 22 from 198.51.100.0/25', 'tcp 22 from 203.0.113.0/28']);
    }));

  it('is unread, and never assumed, when the list cannot be read', () =>
    withSandbox({ seed: through(OFFICES.replace('{', '{ readable: false,')), state: stateOf(SSH) }, async (run) => {
      expect(await cellNow(run)).toMatchObject({ outcome: 'unread', reason: { code: 'evidence-not-readable' } });
    }));

  it('is read once for a region, however many rules name it', () =>
    withSandbox(
      {
        seed: seedOf({ rules: [`tcp 22 from ${LIST}`, `tcp 23 from ${LIST}`, `udp 22 from ${LIST}`], lists: OFFICES }),
        state: stateOf(SSH),
      },
      async (run, sandbox) => {
        await planNow(run);
        expect(sandbox.requests.filter(({ action }) => action === 'GetManagedPrefixListEntries')).toHaveLength(1);
      },
    ));
});

describe('an exception', () => {
  const rules = ['tcp 20-25 from 0.0.0.0/0', 'tcp 22 from 192.0.2.0/24'];
  const spare = (scope: string, expires = '2026-12-31'): string =>
    `---\nkind: Exceptions\nexceptions: [{ guardrail: allowed-ingress, scope: { ${scope} }, owner: team-web, reason: vendor, expires: ${expires} }]\n`;
  const told = (plan: Plan): string => JSON.stringify(viewOf(plan));

  it('spares one rule of one group by its meaning, in a plan that says so, and in what is applied', () =>
    withSandbox(
      {
        seed: seedOf({ rules }),
        state: stateOf(SSH, spare(`account: "${ACCOUNT}", group: ${WEB}, rule: "TCP 22 from 203.0.113.128/25"`)),
      },
      async (run, sandbox) => {
        const plan = await planNow(run);
        expect(plan.exemptions).toMatchObject([{ daysLeft: 40, spares: 1 }]);
        const cell = plan.cells.find(({ address }) => address.id === WEB);
        expect(cell?.kept).toMatchObject([{ owner: 'team-web', fields: ['tcp 22 from 203.0.113.128/25'] }]);
        const text = renderTerminal(viewOf(plan), { colour: false, width: 300 });
        expect(text).toMatch(
          /an exception of team-web keeps tcp 22 from 203\.0\.113\.128\/25 until 2026-12-31, state\/test\.yaml:\d+/,
        );
        expect(text).toContain(`40 days left · contract ${ACCOUNT} ${WEB} TCP 22 from 203.0.113.128/25 · vendor`);
        await applyCells(run, changing(plan));
        expect([...rulesNow(sandbox).keys()].filter((name) => name.startsWith('tcp 22 ')).sort()).toEqual([
          'tcp 22 from 198.51.100.0/24',
          'tcp 22 from 203.0.113.0/26',
          'tcp 22 from 203.0.113.128/25',
        ]);
        expect((await planNow(run)).cells).toEqual([]);
      },
    ));

  it('that has run out acts as absent and says so', () =>
    withSandbox({ seed: seedOf({ rules }), state: stateOf(SSH) }, async (run, sandbox) => {
      const expired = await openRun(sandbox, stateOf(SSH, spare(`group: web, rule: "${rules[1]}"`, '2026-11-20')));
      const [without, having] = [await planNow(run), await planNow(expired)];
      expect(having.cells.map(({ digest }) => digest)).toEqual(without.cells.map(({ digest }) => digest));
      expect(having.exemptions).toMatchObject([{ daysLeft: -1, spares: 0 }]);
      expect(told(having)).toMatch(/expired .*ago and spares nothing/);
      await expired.connection.close();
    }));

  it.each([
    ['of another group', 'group: app, rule: "tcp 22 from 192.0.2.0/24"'],
    ['about traffic that is not there', 'group: web, rule: "tcp 22 from 2001:db8::/48"'],
    ['of another VPC', 'vpc: vpc-0123456789abcdef0'],
  ])('%s spares nothing, adds nothing, and is told as unused', (_, scope) =>
    withSandbox({ seed: seedOf({ rules }), state: stateOf(SSH, spare(scope)) }, async (run) => {
      const plan = await planNow(run);
      expect(plan.exemptions).toMatchObject([{ spares: 0 }]);
      expect(told(plan)).toContain('spares nothing now');
      expect(
        ingressOf(plan.cells.find(({ address }) => address.id === WEB)).filter((name) => name.startsWith('tcp 22 ')),
      ).toEqual(['tcp 22 from 198.51.100.0/24', 'tcp 22 from 203.0.113.0/26']);
    }),
  );

  it('spares a rule from being reported, is used by that, and does not hide what else is let in', () =>
    withSandbox(
      {
        seed: seedOf({ rules: ['tcp 3389 from 192.0.2.0/24', 'tcp 3389 from 203.0.113.0/24'] }),
        state: stateOf(
          'allowed-ingress: [{ ports: [3389], from: [198.51.100.0/24], otherwise: report }]',
          spare('group: web, rule: "tcp 3389 from 192.0.2.0/24"'),
        ),
      },
      async (run, sandbox) => {
        const plan = await planNow(run);
        expect(plan.notes.map(({ field }) => field)).toEqual(['tcp 3389 from 203.0.113.0/24']);
        expect(plan.exemptions).toMatchObject([{ spares: 1 }]);
        expect(plan.cells).toEqual([]);
        const part = await openRun(
          sandbox,
          stateOf(
            'allowed-ingress: [{ ports: [3389], from: [198.51.100.0/24], otherwise: report }]',
            spare('group: web, rule: "tcp 3389 from 192.0.2.0/25"'),
          ),
        );
        const halved = await planNow(part);
        expect(halved.notes).toHaveLength(2);
        expect(halved.exemptions).toMatchObject([{ spares: 0 }]);
        await part.connection.close();
      },
    ));

  it('that ends within two weeks is told first', () =>
    withSandbox(
      { seed: seedOf({ rules }), state: stateOf(SSH, spare(`group: web, rule: "${rules[1]}"`, '2026-12-05')) },
      async (run) => {
        expect(viewOf(await planNow(run)).before.map(({ title }) => title)).toContain('Ending');
      },
    ));
});

describe('a list that cannot be read', () => {
  const hidden = OFFICES.replace('{', '{ readable: false,');
  const entryOf = (fields: string): string => `allowed-ingress: [{ ${fields} }]`;
  const world = (...rules: readonly string[]) => seedOf({ rules, lists: hidden });
  const through = `tcp 443 from ${LIST}`;

  it.each<readonly [string, string, readonly string[], readonly string[]]>([
    [
      'behind a port that no entry governs',
      'ports: [22], from: [198.51.100.0/24], otherwise: narrow',
      [through, 'tcp 22 from 0.0.0.0/0'],
      ['tcp 22 from 198.51.100.0/24', through],
    ],
    [
      'that the entry allows as such',
      `ports: [443], from: [${LIST}], otherwise: narrow`,
      [through, 'tcp 22 from 0.0.0.0/0'],
      [],
    ],
    [
      'whose rule goes as a whole',
      'ports: [443], from: none, otherwise: revoke',
      [through, 'tcp 22 from 0.0.0.0/0'],
      ['tcp 22 from 0.0.0.0/0'],
    ],
    [
      'that is allowed where only what is wide is governed, and nothing is',
      `ports: [22], widerThan: /24, from: [${LIST}], otherwise: narrow`,
      ['tcp 22 from 192.0.2.0/24'],
      [],
    ],
  ])("%s stands in nobody's way", (_, fields, rules, after) =>
    withSandbox({ seed: world(...rules), state: stateOf(entryOf(fields)) }, async (run) => {
      const cell = await cellNow(run);
      expect(cell?.outcome ?? 'in-state').toBe(after.length > 0 ? 'change' : 'in-state');
      expect(ingressOf(cell)).toEqual([...after].sort());
      expect(cell?.inputs ?? {}).toEqual({});
    }),
  );

  it.each([
    ['an entry narrows by its entries', 'ports: [443], from: [198.51.100.0/24], otherwise: narrow', [through]],
    ['an entry keeps other ports of it', 'ports: [443], from: none, otherwise: narrow', [`tcp 440-445 from ${LIST}`]],
    ['an entry allows it to others', `ports: [22], from: [${LIST}], otherwise: revoke`, ['tcp 22 from 192.0.2.0/24']],
    ['its entries may be wide', 'ports: [443], widerThan: /25, from: none, otherwise: revoke', [through]],
  ])('leaves the group unread where %s', (_, fields, rules) =>
    withSandbox({ seed: world(...rules), state: stateOf(entryOf(fields)) }, async (run) => {
      expect(await cellNow(run)).toMatchObject({ outcome: 'unread', reason: { code: 'evidence-not-readable' } });
    }),
  );

  it('leaves the group unread where an exception spares some of what goes as a whole', () => {
    const spare = `---\nkind: Exceptions\nexceptions: [{ guardrail: allowed-ingress, scope: { group: web, rule: "tcp 443 from 198.51.100.0/28" }, owner: a, reason: b, expires: 2026-12-31 }]\n`;
    return withSandbox(
      { seed: world(through), state: stateOf(entryOf('ports: [443], from: none, otherwise: revoke'), spare) },
      async (run) => {
        expect(await cellNow(run)).toMatchObject({ outcome: 'unread', reason: { code: 'prefix-list-unread' } });
      },
    );
  });

  it('is read for what an exception spares, and the plan rests on its version', () => {
    const spare = `---\nkind: Exceptions\nexceptions: [{ guardrail: allowed-ingress, scope: { group: web, rule: "tcp 443 from 198.51.100.0/28" }, owner: a, reason: b, expires: 2026-12-31 }]\n`;
    return withSandbox(
      {
        seed: seedOf({ rules: [through], lists: OFFICES }),
        state: stateOf(entryOf('ports: [443], from: none, otherwise: revoke'), spare),
      },
      async (run) => {
        const cell = await cellNow(run);
        expect(ingressOf(cell)).toEqual(['tcp 443 from 198.51.100.0/28']);
        expect(cell?.inputs).toEqual({ [`prefix-list/${LIST}`]: '3' });
      },
    );
  });
});

describe('findings about rules through a list that cannot be read', () => {
  const hidden = OFFICES.replace('{', '{ readable: false,');
  const seed = seedOf({ rules: [`tcp 443 from ${LIST}`, 'tcp 22 from 0.0.0.0/0'], lists: hidden });

  it('are unread, and never clean', () =>
    withSandbox({ seed, state: stateOf('ingress-findings: { groups: { names: [web] } }') }, async (run) => {
      const plan = await planNow(run);
      expect(plan.cells).toMatchObject([{ address: { id: LIST }, outcome: 'unread' }]);
      expect(viewOf(plan).clean).toBe(false);
    }));

  it('do not keep another guardrail from what it can judge', () =>
    withSandbox({ seed, state: stateOf(`ingress-findings: {}\n  ${SSH}`) }, async (run) => {
      const plan = await planNow(run);
      expect(plan.cells.map(({ address, outcome }) => [address.id, outcome]).sort()).toEqual([
        [LIST, 'unread'],
        [WEB, 'change'],
      ]);
    }));
});
