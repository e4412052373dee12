/** Is this an address range, and how does EC2 write it? It clears host bits and stores the canonical text. */
import { isIPv4, isIPv6 } from 'node:net';

/** `undefined` if it is not an IPv4 range with a prefix length. */
export function canonicalIpv4(text: string): string | undefined {
  const [address = '', length, rest] = text.split('/');
  if (!isIPv4(address) || rest !== undefined || !isLength(length, 32)) return undefined;
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  const network = Math.floor(bits / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.')}/${Number(length)}`;
}

export function canonicalIpv6(text: string): string | undefined {
  const [address = '', length, rest] = text.split('/');
  if (!isIPv6(address) || address.includes('%') || rest !== undefined || !isLength(length, 128)) return undefined;
  const host = 128n - BigInt(length ?? 0);
  const network = (parseIpv6(address) >> host) << host;
  return `${formatIpv6(network)}/${Number(length)}`;
}

function isLength(text: string | undefined, most: number): boolean {
  return text !== undefined && /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= most;
}

function parseIpv6(address: string): bigint {
  const mapped = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const plain = mapped ? `${mapped[1]}${pair(mapped[2], mapped[3])}:${pair(mapped[4], mapped[5])}` : address;
  const [left = '', right] = plain.split('::');
  const words = (part: string) => (part === '' ? [] : part.split(':'));
  const zeros = right === undefined ? 0 : 8 - words(left).length - words(right).length;
  const all = [...words(left), ...Array<string>(zeros).fill('0'), ...words(right ?? '')];
  return all.reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n);
}

const pair = (high = '0', low = '0') => (Number(high) * 256 + Number(low)).toString(16);

/** https://www.rfc-editor.org/rfc/rfc5952: lower case, the longest run of zeros becomes `::`. */
function formatIpv6(bits: bigint): string {
  const words = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const runs = [...words.join(':').matchAll(/\b0(?::0)+\b/g)].map((match) => match[0]);
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  return longest === '' ? words.join(':') : words.join(':').replace(new RegExp(`(^|:)${longest}(:|$)`), '::');
}
