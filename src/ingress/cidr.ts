/**
 * Which addresses does a CIDR mean, and is it written without doubt?
 * IPv4 addresses are numbers and IPv6 addresses bigints: planning compares mostly IPv4, and numbers are several times faster.
 */

export type Family = 'ipv4' | 'ipv6';

/** A network: its first address and the length of its prefix. No host bits are set. */
export type Cidr =
  | { readonly family: 'ipv4'; readonly first: number; readonly length: number }
  | { readonly family: 'ipv6'; readonly first: bigint; readonly length: number };

/** Why a text is not a CIDR. `network` is the one that was meant, when only host bits stand in the way. */
export type CidrProblem = { readonly problem: string; readonly advice: string; readonly network?: Cidr };

/**
 * Reads a CIDR strictly: four decimal parts or RFC 4291 groups, and a prefix length. Refused, because tools disagree
 * about their meaning: octal, hexadecimal and missing parts, zone ids, white space, `/08`, bare addresses. The dotted
 * tail (`::ffff:192.0.2.1`) is refused because EC2 never sees IPv4 traffic as IPv6: such a range would match nothing.
 */
export function parseCidr(text: string): Cidr | CidrProblem {
  const slash = text.indexOf('/');
  if (slash < 0) return withoutLength(text);
  const address = text.slice(0, slash);
  const length = lengthOf(text.slice(slash + 1));
  const v4 = parseV4(address);
  if (v4 !== undefined) return length === undefined || length > 32 ? badLength(text, 32) : cidr4(text, v4, length);
  const v6 = parseV6(address);
  if (v6 !== undefined) return length === undefined || length > 128 ? badLength(text, 128) : cidr6(text, v6, length);
  return { problem: `${quote(text)} is not a CIDR`, advice: adviceFor(address) };
}

/**
 * EC2 stores a CIDR without its host bits, so that is what a range with host bits means to it.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
 */
export function networkOf(text: string): Cidr | CidrProblem {
  const cidr = parseCidr(text);
  return 'problem' in cidr && cidr.network ? cidr.network : cidr;
}

/** The text of a CIDR; IPv6 as RFC 5952 recommends it. */
export function formatCidr(cidr: Cidr): string {
  return `${cidr.family === 'ipv4' ? formatV4(cidr.first) : formatV6(cidr.first)}/${cidr.length}`;
}

const SIZES4 = Array.from({ length: 33 }, (_, length) => 2 ** (32 - length));
const SIZES6 = Array.from({ length: 129 }, (_, length) => 1n << BigInt(128 - length));

/** How many addresses a network of this length has. */
export function size4(length: number): number {
  return SIZES4[length] ?? 0;
}

export function size6(length: number): bigint {
  return SIZES6[length] ?? 0n;
}

const LENGTH = /^(0|[1-9]\d{0,2})$/;
const V4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;

function lengthOf(text: string): number | undefined {
  return LENGTH.test(text) ? Number(text) : undefined;
}

function parseV4(text: string): number | undefined {
  const match = V4.exec(text);
  if (!match) return undefined;
  let value = 0;
  for (let i = 1; i <= 4; i++) {
    const part = Number(match[i]);
    if (part > 255) return undefined;
    value = value * 256 + part;
  }
  return value;
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  if (!head.every(isGroup) || !tail.every(isGroup)) return undefined;
  return BigInt(`0x${digitsOf(head)}${'0000'.repeat(missing)}${digitsOf(tail)}`);
}

function isGroup(text: string): boolean {
  return GROUP.test(text);
}

function digitsOf(groups: readonly string[]): string {
  let digits = '';
  for (const group of groups) digits += group.padStart(4, '0');
  return digits;
}

function cidr4(text: string, address: number, length: number): Cidr | CidrProblem {
  const first = address - (address % size4(length));
  const network: Cidr = { family: 'ipv4', first, length };
  return first === address ? network : hostBits(text, network);
}

function cidr6(text: string, address: bigint, length: number): Cidr | CidrProblem {
  const first = address - (address % size6(length));
  const network: Cidr = { family: 'ipv6', first, length };
  return first === address ? network : hostBits(text, network);
}

function formatV4(value: number): string {
  return `${Math.floor(value / 2 ** 24)}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** The longest run of two or more zero groups is left out, the first of several: RFC 5952 §4.2. */
function formatV6(value: bigint): string {
  const digits = value.toString(16).padStart(32, '0');
  const groups = Array.from({ length: 8 }, (_, i) => Number.parseInt(digits.slice(i * 4, i * 4 + 4), 16));
  let best = { at: 0, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const text = groups.map((group) => group.toString(16));
  if (best.length === 1) return text.join(':');
  return `${text.slice(0, best.at).join(':')}::${text.slice(best.at + best.length).join(':')}`;
}

function withoutLength(text: string): CidrProblem {
  const problem = `${quote(text)} has no prefix length`;
  if (parseV4(text) !== undefined) return { problem, advice: `write ${text}/32 for this one address` };
  if (parseV6(text) !== undefined) return { problem, advice: `write ${text}/128 for this one address` };
  return { problem: `${quote(text)} is not a CIDR`, advice: adviceFor(text) };
}

function badLength(text: string, most: number): CidrProblem {
  return {
    problem: `${quote(text)} has no valid prefix length`,
    advice: `write a number from 0 to ${most}, without leading zeros, after the slash`,
  };
}

function hostBits(text: string, network: Cidr): CidrProblem {
  const meant = formatCidr(network);
  return {
    problem: `${quote(text)} has host bits set; the network it lies in is ${meant}`,
    advice: `write ${meant}`,
    network,
  };
}

function adviceFor(address: string): string {
  if (/\s/.test(address)) return 'remove the white space';
  if (address.includes('%')) return 'remove the zone id';
  if (address.includes(':') && address.includes('.')) return 'write the IPv4 range by itself, e.g. 198.51.100.0/24';
  if (/(^|\.)0\d/.test(address)) return 'write the parts in decimal without leading zeros';
  return 'write e.g. 198.51.100.0/24 or 2001:db8::/32';
}

/** What was written may be long or hold control characters. */
function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
