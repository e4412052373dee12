/** The inventory of rules: is everything in it, is it typed, and can hostile text do nothing in any format? */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { observe, takeStock } from '../../src/reconcile.ts';
import { forTerminal } from '../../src/render/escape.ts';
import { collectReport, type Report } from '../../src/render/report/collect.ts';
import { renderCsv } from '../../src/render/report/csv.ts';
import { type GroupEntry, remarksOf } from '../../src/render/report/entries.ts';
import { renderReportHtml } from '../../src/render/report/html.ts';
import { renderReport } from '../../src/render/report/markdown.ts';
import { DEMO_SEED } from '../../src/sandbox/seeds/demo.ts';
import { faultsIn, parsePage, textIn } from '../render/parse-html.ts';
import { intrusions } from '../render/parse-markdown.ts';
import { NOW, withSandbox } from '../support/sandbox.ts';
import { A, group, reading, snapshotOf } from '../support/snapshots.ts';

const DEMO_STATE = ['fleet', 'ranges', 'baseline']
  .map((name) => readFileSync(`state/${name}.yaml`, 'utf8'))
  .join('\n---\n');
const demo = { seed: DEMO_SEED, state: DEMO_STATE };

function groupIn({ groups }: Report, name: string): GroupEntry {
  const found = groups.find((one) => one.name === name);
  if (!found) throw new Error(`no group ${name}`);
  return found;
}

describe('a report of the demo fleet', () => {
  it('has every rule of every group in typed parts, with what is to be said about it', () =>
    withSandbox(demo, async (run, sandbox) => {
      const report = collectReport(await takeStock(run));
      const places = [...sandbox.world.accounts.values()].filter(({ id }) =>
        ['222222222222', '333333333333', '444444444444'].includes(id),
      );
      const rules = places.flatMap(({ place }) =>
        sandbox.world.regions.flatMap((region) => [...place(region).rules.keys()]),
      );
      expect(report.groups.flatMap((one) => one.rules)).toHaveLength(rules.length);
      expect(groupIn(report, 'app')).toMatchObject({
        account: '333333333333',
        accountName: 'shop-production',
        region: 'eu-west-1',
        interfaces: 1,
        tags: { team: 'shop', tier: 'app' },
      });
      expect(groupIn(report, 'app').rules).toContainEqual(
        expect.objectContaining({
          rule: 'tcp 22 from 0.0.0.0/0',
          direction: 'ingress',
          protocol: 'tcp',
          from: 22,
          to: 22,
          peer: { kind: 'ipv4', cidr: '0.0.0.0/0' },
          description: 'temporary, remove after the migration (2023)',
          tags: { ticket: 'SHOP-311', owner: 'dana' },
          findings: [{ code: 'port-open', message: 'tcp 22 is open to 0.0.0.0/0', severity: 'high' }],
        }),
      );
      const peers = groupIn(report, 'app')
        .rules.map(({ peer }) => peer.name)
        .filter(Boolean);
      expect(peers).toEqual(['offices', 'web']);
    }));

  it('finds what nobody uses, what refers to nothing and what says nothing new', () =>
    withSandbox(demo, async (run) => {
      const report = collectReport(await takeStock(run));
      const having = (code: string) =>
        report.groups
          .filter((one) => remarksOf(one).some((remark) => remark.code === code))
          .map(({ name }) => name)
          .sort();
      expect(having('unused-group')).toEqual([
        '@everyone',
        'bastion',
        'debug',
        'launch-wizard-1',
        'launch-wizard-2',
        'minecraft',
        'old-batch',
        'origin',
      ]);
      expect(having('stale-reference')).toEqual(['old-batch']);
      expect(having('shadowed')).toEqual(['app']);
      expect(report.unread.map(({ account, what }) => [account, what])).toEqual([['555555555555', 'account']]);
    }));

  it('reads well', () =>
    withSandbox(demo, async (run) => {
      const stock = await takeStock({ ...run, now: NOW });
      await expect(renderReport(collectReport(stock))).toMatchFileSnapshot('snapshots/demo.md.snap');
      await expect(`${renderReportHtml(collectReport(stock))}\n`).toMatchFileSnapshot('snapshots/demo.html.snap');
    }));

  it('sends nothing that writes, asks for each thing once, and goes on without what may not be read', () =>
    withSandbox(demo, async (run, sandbox) => {
      sandbox.fault({ match: { action: 'DescribeStaleSecurityGroups', account: '333333333333' }, do: 'deny' });
      sandbox.fault({ match: { action: 'DescribeNetworkInterfaces', account: '444444444444' }, do: 'deny' });
      const report = collectReport(await takeStock(run));
      const actions = new Set(sandbox.requests.map(({ action }) => action));
      expect([...actions].filter((action) => !/^(?:Describe|Get|List|AssumeRole)/.test(action))).toEqual([]);
      expect(new Set(report.unread.map(({ account, what }) => `${account} ${what}`))).toEqual(
        new Set(['555555555555 account', '333333333333 stale-references', '444444444444 security-group-use']),
      );
      // What was not looked for is not said to be unused.
      expect(groupIn(report, 'minecraft')).not.toHaveProperty('interfaces');
      expect(groupIn(report, 'minecraft').findings).toEqual([]);
      expect(
        groupIn(report, 'old-batch').rules.flatMap(({ findings }) => findings.map(({ code }) => code)),
      ).not.toContain('stale-reference');
    }));

  it('can be made from a snapshot that was taken for a plan', () =>
    withSandbox(demo, async (run) => {
      const report = collectReport(JSON.parse(JSON.stringify(await observe(run))));
      expect(groupIn(report, 'debug').rules.flatMap(({ findings }) => findings.map(({ code }) => code))).toContain(
        'everything-open',
      );
      expect(groupIn(report, 'web')).not.toHaveProperty('interfaces');
      expect(groupIn(report, 'web').findings).toEqual([]);
    }));
});

const HOSTILE = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  ' =1',
  '\t=1',
  '"=1',
  "'=1",
  '\uff1d1',
  '|cmd',
  '%x',
  'a"b,c',
  'x\r\n=2',
  '</details>| a | b |',
  '`` ` ``',
];

describe('hostile text', () => {
  const found = Object.fromEntries(
    HOSTILE.map((text, i) => {
      const one = group(text, 'tcp 22 from 10.0.0.0/8');
      const [name = '', rule] = Object.entries(one.value)[0] ?? [];
      const value = { [name]: { ...(rule as object), description: text, tags: { [text]: text } } };
      return [`sg-${i}`, { ...one, value, about: { ...one.about, description: text, vpc: text } }];
    }),
  );
  const report = collectReport(snapshotOf(reading({ reader: 'security-group', found })));

  it('begins no cell of the CSV like a formula, and breaks none', () => {
    const rows = parseCsv(renderCsv(report));
    const width = rows[0]?.length ?? 0;
    expect(rows).toHaveLength(HOSTILE.length + 1);
    for (const cells of rows) {
      expect(cells).toHaveLength(width);
      for (const cell of cells) expect(cell).not.toMatch(/^\s*[=+\-@\t\r\n]/);
    }
  });

  it('is seen and not obeyed in a page', () => {
    const html = renderReportHtml(report);
    expect(faultsIn(html)).toEqual([]);
    const text = textIn(parsePage(html));
    for (const one of HOSTILE) expect(text).toContain(forTerminal(one, 100));
  });

  it('stays inside its cells of the Markdown', () => {
    const text = renderReport(report);
    expect(intrusions(text)).toEqual([]);
    for (const line of text.split('\n').filter((one) => one.startsWith('|'))) {
      expect(line.replaceAll('\\|', '').split('|').length).toBe(6);
    }
  });
});

describe('what could not be read', () => {
  const listed = { 'sg-1': group('web', 'tcp 443 from pl-1', 'tcp 22 from pl-1', 'all to pl-2') };
  const groups = reading({ reader: 'security-group', found: listed });
  const entries = { value: { '10.0.0.0/8': '' }, handles: { version: '1' }, about: {} };

  it('has the prefix lists that rules name and nobody could look into, in every format for persons', () => {
    const lists = reading({ reader: 'prefix-list', found: { 'pl-2': entries }, want: { ids: ['pl-1', 'pl-2'] } });
    const report = collectReport(snapshotOf(groups, lists));
    expect(report.unread).toMatchObject([
      {
        account: A,
        region: 'eu-west-1',
        what: 'prefix-list',
        id: 'pl-1',
        rules: 2,
        reason: { code: 'evidence-not-readable' },
      },
    ]);
    for (const text of [renderReport(report), textIn(parsePage(renderReportHtml(report)))]) {
      expect(text).toMatch(/pl-1.? is not there, or may not be read/);
      expect(text).toContain('1 thing could not be read');
    }
  });

  it('has those that nobody asked for, and of what failed as a whole only the whole', () => {
    expect(collectReport(snapshotOf(groups)).unread.map(({ id, reason }) => `${id} ${reason.code}`)).toEqual([
      'pl-1 evidence-missing',
      'pl-2 evidence-missing',
    ]);
    const unread = { code: 'not-authorised', message: 'denied' };
    const failed = reading({ reader: 'prefix-list', found: {}, want: { ids: ['pl-1', 'pl-2'] }, unread });
    expect(collectReport(snapshotOf(groups, failed)).unread).toEqual([
      { account: A, accountName: 'first', region: 'eu-west-1', what: 'prefix-list', reason: unread },
    ]);
  });

  it('has a group of which a rule could not be understood', () => {
    const odd = { ...group('odd'), unread: { code: 'rule-malformed', message: 'odd: no such range' } };
    const report = collectReport(snapshotOf(reading({ reader: 'security-group', found: { 'sg-9': odd } })));
    expect(report.unread).toMatchObject([{ what: 'security-group', id: 'sg-9', reason: { code: 'rule-malformed' } }]);
  });
});

describe('the CSV', () => {
  it('has one line for each rule, ports as numbers, and one line for a group without rules', () => {
    const groups = {
      'sg-1': group(
        'web',
        'tcp 80-81 from 10.0.0.0/8',
        'icmp 3/4 from ::/0',
        'icmp all from 10.0.0.0/8',
        'all to pl-1',
      ),
      'sg-2': group('empty'),
    };
    const [head = [], ...rows] = parseCsv(
      renderCsv(collectReport(snapshotOf(reading({ reader: 'security-group', found: groups })))),
    );
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
    expect(column('account')).toEqual(Array(5).fill(A));
    expect(column('group_name')).toEqual(['empty', 'web', 'web', 'web', 'web']);
    expect(column('direction')).toEqual(['', 'ingress', 'ingress', 'ingress', 'egress']);
    expect(column('from_port')).toEqual(['', '', '', '80', '']);
    expect(column('to_port')).toEqual(['', '', '', '81', '']);
    expect(column('icmp_type')).toEqual(['', '3', '', '', '']);
    expect(column('icmp_code')).toEqual(['', '4', '', '', '']);
    expect(column('peer')).toEqual(['', '::/0', '10.0.0.0/8', '10.0.0.0/8', 'pl-1']);
    expect(column('peer_kind')).toEqual(['', 'ipv6', 'ipv4', 'ipv4', 'prefix-list']);
    expect(column('severity').at(-1)).toBe('medium');
  });
});

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  return text.split('\r\n').map((line) => {
    const cells = [...line.matchAll(/("(?:[^"]|"")*"|[^",]*)(,|$)/g)];
    const last = cells.findIndex(([, , separator]) => separator === '');
    return cells
      .slice(0, last + 1)
      .map(([, cell = '']) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
  });
}
