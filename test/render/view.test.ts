import { describe, expect, it } from 'vitest';
import type { Cell, Note, Plan } from '../../src/model/plan.ts';
import type { Phrase } from '../../src/render/phrase.ts';
import { write } from '../../src/render/phrase.ts';
import { renderTerminal } from '../../src/render/terminal.ts';
import { type View, viewOf } from '../../src/render/view.ts';
import { cause, cell, egress, plan, realistic, rule, rules, stamp, unread } from './fixtures.ts';

const text = (phrase: Phrase): string => write(phrase, (data) => data);
const titles = (view: View): readonly string[] => view.sections.map(({ title, cells }) => `${title} ${cells}`);
const items = ({ sections }: View) =>
  sections.flatMap(({ groups }) =>
    groups.flatMap(({ place, items: all }) => all.map((item) => `${text(item.subject)} · ${text(place.size)}`)),
  );

const account = (i: number): string => String(100000000000 + i);
const REGIONS = Array.from({ length: 17 }, (_, i) => `region-${i}`);

function emptied(at: string, region: string, id: string, more: Partial<Cell> = {}): Cell {
  const before = rules(rule('-1', undefined, id), egress('0.0.0.0/0'));
  const causes = [cause('default-security-group', 6)];
  const draft = { account: at, region, resource: 'security-group', id, title: 'default', before, after: {}, causes };
  return { ...cell(draft), ...more };
}

describe('sections', () => {
  it('stand in the order of what needs eyes', () => {
    const view = viewOf(realistic);
    expect(view.before.map(({ title }) => title)).toEqual(['Trust']);
    expect(titles(view)).toEqual(['Unread 4', 'Held 1', 'Loosens 3', 'Risky 1', 'Changes 11']);
    expect(view.after.map(({ title }) => title)).toEqual(['Exceptions', 'Skipped']);
  });

  it('put apart what may loosen: which value of a parameter is the stricter one nobody knows', () => {
    const [before, after] = [14, 6].map((length) => ({ 'parameter MinimumPasswordLength': { Integer: length } }));
    const place = { account: account(0), region: 'eu-west-1', resource: 'security-hub-control', id: 'IAM.7' };
    const view = viewOf(plan([cell({ ...place, title: 'Passwords', before: before ?? {}, after: after ?? {} })]));
    expect(titles(view)).toEqual(['Unclear 1']);
    expect(text(view.verdict)).toContain('1 may loosen');
    const shown = renderTerminal(view, { colour: false, width: 100 });
    expect(shown).toContain('parameter MinimumPasswordLength 14 → 6  may loosen');
  });

  it('put drift apart, unless it loosens or is risky', () => {
    const drifting = new Set(realistic.cells.map(({ digest }) => digest));
    expect(titles(viewOf(realistic, { drifting }))).toEqual(['Unread 4', 'Held 1', 'Loosens 3', 'Risky 1', 'Drift 11']);
  });

  it('show what is lost as risky', () => {
    const losing = emptied('222222222222', 'eu-west-1', 'sg-01', { lost: ['tag aws:x cannot be set again'] });
    expect(titles(viewOf(plan([losing])))).toEqual(['Risky 1']);
  });

  it('take evidence that nobody uses a resource for what it is', () => {
    const free = { evidence: [{ reader: 'security-group-use', users: [], sentence: '' }] };
    expect(titles(viewOf(plan([emptied('222222222222', 'eu-west-1', 'sg-01', free)])))).toEqual(['Changes 1']);
  });
});

describe('folding', () => {
  it('never leaves out the id of a control, which is what the author wrote', () => {
    const off = (region: string, id: string, title: string) => {
      const causes = [cause('security-hub-controls', 6)];
      const [before, after] = [{ 'status fsbp': 'ENABLED' }, { 'status fsbp': 'DISABLED' }];
      return cell({ account: account(0), region, resource: 'security-hub-control', id, title, before, after, causes });
    };
    const long = 'Should meet requirement 13 '.repeat(9).trim();
    const one = REGIONS.map((region) => off(region, 'EC2.13', long));
    expect(items(viewOf(plan(one)))).toEqual([`security hub control ${long} · EC2.13 · 17 regions`]);
    expect(renderTerminal(viewOf(plan(one)), { colour: false, width: 400 })).toContain('EC2.13');
    const many = [11, 2, 4, 1, 13].flatMap((n) => REGIONS.map((region) => off(region, `EC2.${n}`, `Title ${n}`)));
    expect(items(viewOf(plan(many)))).toEqual([
      'security hub control × 5: EC2.1, EC2.2, EC2.4, EC2.11, EC2.13 · 17 regions',
    ]);
  });

  it('says in words where one reason names a different place each time, and names what is the same', () => {
    const why = (at: string, region: string) =>
      unread(at, region, 'serial-console', { code: 'not-read', message: `could not read it in ${at} ${region}` });
    const said = (cells: readonly Cell[]) =>
      text(viewOf(plan(cells)).sections[0]?.groups[0]?.items[0]?.reason?.text ?? []);
    expect(said([why(account(0), 'eu-west-1'), why(account(1), 'eu-north-1')])).toBe(
      'could not read it in each of these accounts and regions',
    );
    expect(said([why(account(0), 'eu-west-1'), why(account(0), 'eu-north-1')])).toBe(
      `could not read it in ${account(0)} each of these regions`,
    );
    const refused = (at: string) =>
      unread(at, 'eu-west-1', 'serial-console', { code: 'denied', message: `refused in account ${at}: denied` });
    expect(said([refused(account(0)), refused(account(1))])).toBe('refused in each of these accounts: denied');
  });

  it('makes one item of the same change in 412 accounts and 17 regions', () => {
    const cells = Array.from({ length: 412 }, (_, a) =>
      REGIONS.map((region, r) => emptied(account(a), region, `sg-${a}x${r}`)),
    );
    const view = viewOf(plan(cells.flat()));
    expect(items(view)).toEqual(['security group default · 412 accounts × 17 regions']);
    expect(view.sections[0]?.groups[0]?.place).toMatchObject({ more: 407, targets: 7004 });
  });

  it('keeps apart what differs in a rule, in its description, or in the line that asks for it', () => {
    const base = { account: '222222222222', resource: 'security-group', title: 'web', after: {} };
    const causes = [cause('default-security-group', 6)];
    const cells = [
      cell({ ...base, region: 'a-1', id: 'sg-01', before: rules(rule('tcp', [22, 22], '0.0.0.0/0', 'one')), causes }),
      cell({ ...base, region: 'a-2', id: 'sg-02', before: rules(rule('tcp', [22, 22], '0.0.0.0/0', 'two')), causes }),
      cell({ ...base, region: 'a-3', id: 'sg-03', before: rules(rule('tcp', [23, 23], '0.0.0.0/0', 'one')), causes }),
      cell({
        ...base,
        region: 'a-4',
        id: 'sg-04',
        before: rules(rule('tcp', [22, 22], '0.0.0.0/0', 'one')),
        causes: [cause('allowed-ingress', 8)],
      }),
    ];
    expect(items(viewOf(plan(cells)))).toHaveLength(4);
  });

  it('names groups that share a change, and says how many more there are', () => {
    const cells = ['e', 'd', 'c', 'b', 'a'].map((title, i) => ({
      ...emptied('222222222222', 'eu-west-1', `sg-0${i}`),
      title: `${title} · sg-0${i}`,
    }));
    expect(items(viewOf(plan(cells)))).toEqual(['security group × 5: a, b, c and 2 more · eu-west-1']);
  });

  it('puts blanks where a reason names a different account in each place', () => {
    const reason = (id: string) => ({ code: 'access-denied', message: `arn:aws:iam::${id}:role/r is refused` });
    const cells = ['222222222222', '333333333333'].map((id) => unread(id, 'eu-west-1', 'security-group', reason(id)));
    const [item] = viewOf(plan(cells)).sections[0]?.groups[0]?.items ?? [];
    expect(text(item?.reason?.text ?? [])).toBe('arn:aws:iam::{account}:role/r is refused');
  });

  it('makes one item of everything that one reason leaves unread in an account', () => {
    expect(items(viewOf(realistic))[0]).toBe(
      'password policy, security group · eu-central-1, eu-west-1, us-east-1, account-wide',
    );
  });

  it('says which traffic stops for whom, and what of it stays', () => {
    const said = viewOf(realistic)
      .sections.flatMap(({ groups }) => groups.flatMap((group) => group.items))
      .flatMap(({ remarks }) => remarks.map(text));
    expect(said).toContain(
      'tcp 22 from 0.0.0.0/0, tcp 22 from ::/0 close for 2 interfaces: i-0c33 (web-1), i-0d44 (web-2)',
    );
    expect(said).toContain('stays open: tcp 22 from 198.51.100.0/24');
  });

  it('tells all who hold up the same change, wherever they are', () => {
    const held = ['a', 'b', 'c', 'd'].map((user, i) => {
      const sentence = `used by 1 interface: ${user}`;
      return emptied('222222222222', `region-${i}`, `sg-0${i}`, {
        outcome: 'held',
        reason: { code: 'in-use', message: sentence },
        evidence: [{ reader: 'security-group-use', users: [user], sentence }],
      });
    });
    const [item, ...others] = viewOf(plan(held)).sections[0]?.groups.flatMap((group) => group.items) ?? [];
    expect(others).toEqual([]);
    expect(text(item?.reason?.text ?? [])).toBe(
      'used by 1 interface: a, used by 1 interface: b, used by 1 interface: c and 1 more',
    );
  });
});

describe('order', () => {
  it('does not depend on the order of the cells', () => {
    const shuffled: Plan = { ...realistic, cells: [...realistic.cells].reverse() };
    expect(viewOf(shuffled)).toEqual(viewOf(realistic));
  });

  it('does not depend on the order of cells that look alike', () => {
    const cells = ['a-1', 'a-2'].flatMap((region, r) =>
      ['tcp', 'udp'].map((protocol, p) => {
        const before = rules(rule(protocol, [p, p], '0.0.0.0/0'));
        const id = `sg-0${r}${p}`;
        return cell({
          account: '222222222222',
          region,
          resource: 'security-group',
          id,
          title: 'web',
          before,
          after: {},
        });
      }),
    );
    expect(viewOf(plan([...cells].reverse())).sections).toEqual(viewOf(plan(cells)).sections);
    expect(items(viewOf(plan(cells)))).toEqual(Array(2).fill('security group web · a-1, a-2'));
  });

  it('puts what opens to everyone before what merely loosens', () => {
    const opening = (id: string, cidr: string) =>
      cell({
        account: '222222222222',
        region: 'eu-west-1',
        resource: 'security-group',
        id,
        title: id,
        before: {},
        after: rules(rule('tcp', [22, 22], cidr)),
      });
    const view = viewOf(plan([opening('sg-0a', '10.0.0.0/8'), opening('sg-0b', '0.0.0.0/0')]));
    expect(view.sections[0]?.groups[0]?.items.map(({ danger }) => danger)).toEqual([3, 2]);
  });
});

describe('the verdict', () => {
  const inState = [{ account: '222222222222', region: 'eu-west-1', inState: 3, governed: {}, digest: '' }];
  const reason = { code: 'x', message: 'y' };
  const blind = unread('222222222222', 'eu-west-1', 'security-group', reason);
  const held = emptied('222222222222', 'eu-west-1', 'sg-01', { outcome: 'held', reason });

  it.each<[string, Plan, string, boolean]>([
    [
      'in state',
      plan([], { targets: inState }),
      'Everything that could be read is as the state says. 3 in state.',
      true,
    ],
    ['no targets', plan([]), 'No target is governed by this state: nothing was checked.', false],
    [
      'unread',
      plan([blind], { targets: inState }),
      'nothing to change in what could be read, 1 unread, 3 in state',
      false,
    ],
    ['held', plan([held], { targets: inState }), 'nothing to change, 1 held, 3 in state', false],
    ['all', realistic, '15 to change (3 loosen, 12 tighten), 1 held, 4 unread, 60 in state', false],
  ])('%s', (_, of, verdict, clean) => {
    const view = viewOf(of);
    expect([text(view.verdict), view.clean]).toEqual([verdict, clean]);
  });
});

describe('notices', () => {
  it('tell broken limits first, with what to do', () => {
    const breach = {
      code: 'too-many-changes',
      message: '900 changes in one run, limit 500',
      advice: 'approve by digest',
    };
    const [limits] = viewOf(plan([], { breaches: [breach] })).before;
    expect(limits).toMatchObject({ title: 'Limits', alarm: 'caution' });
    expect(limits?.remarks.map(({ text: said, advice = [] }) => [text(said), text(advice)])).toEqual([
      ['900 changes in one run, limit 500', 'approve by digest'],
    ]);
  });

  it('say of an exception when it ends, that it has ended, or that it does nothing', () => {
    const [base] = realistic.exemptions;
    if (!base) throw new Error('the plan has an exemption');
    const exemptions = [
      { ...base, daysLeft: 5, spares: 0 },
      { ...base, daysLeft: -1, spares: 0 },
      { ...base, daysLeft: 1 },
      { ...base, daysLeft: 15 },
      { ...base, daysLeft: 14 },
    ];
    const { before, after } = viewOf(plan([], { exemptions }));
    const told = [...before, ...after].map(({ title, remarks }) => [
      title,
      ...remarks.map(({ text: said }) => text(said).replace(/ ·.*/, '')),
    ]);
    expect(told).toEqual([
      [
        'Ending',
        'allowed-ingress for team-web: 1 day left',
        'allowed-ingress for team-web: 5 days left, spares nothing now',
        'allowed-ingress for team-web: 14 days left',
      ],
      [
        'Exceptions',
        'allowed-ingress for team-web: expired 1 day ago and spares nothing',
        'allowed-ingress for team-web: 15 days left',
      ],
    ]);
  });
});

describe('what is reported and left', () => {
  const note = (account: string, region: string, id: string, title: string): Note => ({
    code: 'left-open',
    message: 'lets in more than is allowed',
    address: { fleet: stamp.fleet, account, region, resource: 'security-group', id },
    title,
  });

  it('stands by the names of accounts, then by region and group, as everything else does', () => {
    const notes = [
      note('222222222222', 'us-east-1', 'sg-0a', 'cache'),
      note('222222222222', 'eu-west-1', 'sg-0c', 'web'),
      note('333333333333', 'eu-west-1', 'sg-0d', 'db'),
      note('222222222222', 'eu-west-1', 'sg-0b', 'api'),
    ];
    const [reported] = viewOf(plan([], { notes })).after;
    expect(reported?.remarks.map(({ text }) => write(text, (data) => data))).toEqual([
      'prod-data 333333333333 · eu-west-1 · db: lets in more than is allowed',
      'prod-web 222222222222 · eu-west-1 · api: lets in more than is allowed',
      'prod-web 222222222222 · eu-west-1 · web: lets in more than is allowed',
      'prod-web 222222222222 · us-east-1 · cache: lets in more than is allowed',
    ]);
  });
});

it('says in words which version of a prefix list a change rests on', () => {
  const inputs = { 'prefix-list/pl-0abc': '3' };
  const [first] = realistic.cells.filter(({ outcome }) => outcome === 'change');
  if (!first) throw new Error('nothing changes');
  const items = viewOf(plan([{ ...first, inputs }])).sections.flatMap(({ groups }) =>
    groups.flatMap((one) => one.items),
  );
  const said = items.flatMap(({ remarks }) => remarks.map((remark) => write(remark, (data) => data)));
  expect(said).toContain('rests on version 3 of prefix list pl-0abc');
});
