/** Options that several commands share, from the text of the command line to what the code works with. */
import type { Only } from '../plan/govern.ts';
import type { Shard } from '../plan/shard.ts';
import { usageError } from './io.ts';

export type CommonOptions = {
  readonly state: string;
  readonly fleet?: string;
  readonly profile?: string;
  readonly only?: string;
  /** `INDEX/OF`: only this share of the accounts. */
  readonly shard?: string;
  /** A file with accounts and regions that were discovered before. */
  readonly inventory?: string;
  readonly allowEndpoint?: boolean;
  readonly allowUserCredentials?: boolean;
  readonly identity?: string;
  readonly json?: boolean;
};

const PARTS = { account: 'accounts', region: 'regions', guardrail: 'guardrails' } as const;

/** `account=111122223333,region=eu-west-1,region=eu-west-2` → lists. @throws TrueupError `usage` */
export function parseOnly(text: string | undefined): Only | undefined {
  if (text === undefined) return undefined;
  const only: Record<string, string[]> = {};
  for (const part of text.split(',')) {
    const [key = '', value = ''] = part.split('=').map((side) => side.trim());
    const list = Object.hasOwn(PARTS, key) ? PARTS[key as keyof typeof PARTS] : undefined;
    if (!list || !value) {
      throw usageError(
        `--only does not understand ${JSON.stringify(part)}`,
        'write account=…, region=… or guardrail=…, separated by commas; a word may be repeated',
      );
    }
    only[list] = [...(only[list] ?? []), value];
  }
  return only;
}

const MOST_SHARES = 256;

/** `3/16` → the third of sixteen. @throws TrueupError `usage` */
export function parseShard(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const [, index, of] = (/^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? []).map(Number);
  if (index && of && index <= of && of <= MOST_SHARES) return { index, of };
  throw usageError(
    `--shard does not understand ${JSON.stringify(text)}`,
    `write INDEX/OF, counted from 1, such as 3/16; a matrix of GitHub Actions has at most ${MOST_SHARES} jobs`,
  );
}
