/** Do pages end where AWS says they end, and never go on for ever? */
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { afterEach, describe, expect, it } from 'vitest';
import { operation } from '../../src/model/operation.ts';
import { type Canned, startCanned } from './canned.ts';
import { enter, failure } from './organisation.ts';

const listAccounts = operation('organizations:ListAccounts', ListAccountsCommand);

let server: Canned;
afterEach(() => server.close());

/** The ids on all pages, from a server whose nth page is what `page` gives. */
async function collect(page: (index: number) => object): Promise<string[]> {
  let index = 0;
  server = await startCanned(({ target }) => (target === 'ListAccounts' ? page(index++) : undefined));
  const connection = await enter(server);
  const ids: string[] = [];
  try {
    for await (const { Accounts = [] } of connection.own('global', [listAccounts]).pages(listAccounts({})))
      ids.push(...Accounts.map(({ Id = '' }) => Id));
  } finally {
    await connection.close();
  }
  return ids;
}

describe('pages', () => {
  it('go on over an empty page, as long as there is a token', async () => {
    const pages = [
      { Accounts: [{ Id: '1' }], NextToken: 'a' },
      { Accounts: [], NextToken: 'b' },
      { NextToken: 'c' },
      { Accounts: [{ Id: '2' }] },
    ];
    expect(await collect((index) => pages[index] ?? {})).toEqual(['1', '2']);
    expect(server.asked.slice(1).map(({ body }) => JSON.parse(body).NextToken)).toEqual([undefined, 'a', 'b', 'c']);
  });

  it.each([[''], [null]])('end at the token %j', async (NextToken) => {
    expect(await collect(() => ({ Accounts: [{ Id: '1' }], NextToken }))).toEqual(['1']);
  });

  it('that repeat a token are an error, be it the last one or an earlier one', async () => {
    const error = await failure(collect(() => ({ Accounts: [], NextToken: 'same' })));
    expect(error).toMatchObject({ code: 'endless-pages' });
    await server.close();
    const ring = ['a', 'b', 'c'];
    const again = await failure(collect((index) => ({ NextToken: ring[index % 3] })));
    expect(again).toMatchObject({ code: 'endless-pages' });
    expect(server.asked).toHaveLength(5);
  });
});
