/** Which traffic does a rule mean: protocol with ports, or with ICMP type and code; and how is it said in words? */

/** The traffic part of a rule in canonical form, see `model/rule.ts`. */
export type Traffic = { readonly protocol: string; readonly from?: number; readonly to?: number };
export type Problem = { readonly problem: string };

/** Any ICMP type, or any code. */
export const ANY = -1;
export const LAST_PORT = 65_535;

/** Numbers that EC2 knows by name. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
const NAMES = new Map([
  ['6', 'tcp'],
  ['17', 'udp'],
  ['1', 'icmp'],
  ['58', 'icmpv6'],
  ['all', '-1'],
]);
const CANONICAL = new Set(NAMES.values());

export function canonicalTraffic(protocol: string, from?: number, to?: number): Traffic | Problem {
  const name = protocolOf(protocol);
  switch (name) {
    case undefined:
      return {
        problem: `protocol ${JSON.stringify(protocol)} is neither a name that EC2 knows nor a number from 0 to 255`,
      };
    case 'tcp':
    case 'udp':
      return within(from, 0, LAST_PORT) && within(to, from, LAST_PORT)
        ? { protocol: name, from, to }
        : { problem: `${name} ports ${from}-${to} are not a range within 0-${LAST_PORT}` };
    case 'icmp':
    case 'icmpv6':
      return icmpTraffic(name, from ?? ANY, to ?? ANY);
    default:
      return { protocol: name };
  }
}

export function trafficName({ protocol, from, to }: Traffic): string {
  switch (protocol) {
    case '-1':
      return 'all';
    case 'tcp':
    case 'udp':
      return `${protocol} ${from === to ? from : `${from}-${to}`}`;
    case 'icmp':
    case 'icmpv6':
      if (from === ANY) return `${protocol} all`;
      return `${protocol} ${to === ANY ? from : `${from}/${to}`}`;
    default:
      return `protocol ${protocol}`;
  }
}

/** The inverse of `trafficName`, from lower-case words. */
export function parseTraffic([first = '', second, ...rest]: readonly string[]): Traffic | Problem | undefined {
  if (rest.length > 0) return undefined;
  if (first === 'protocol') return second === undefined ? undefined : canonicalTraffic(second);
  switch (protocolOf(first)) {
    case 'tcp':
    case 'udp':
      return parsePorts(first, second);
    case 'icmp':
    case 'icmpv6':
      return parseIcmp(first, second);
    default:
      return second === undefined ? canonicalTraffic(first) : undefined;
  }
}

function protocolOf(text: string): string | undefined {
  const lower = text.toLowerCase();
  const name = NAMES.get(lower) ?? lower;
  if (CANONICAL.has(name)) return name;
  return /^(0|[1-9]\d{0,2})$/.test(name) && Number(name) <= 255 ? name : undefined;
}

/** All types force all codes. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
function icmpTraffic(protocol: string, type: number, code: number): Traffic | Problem {
  if (!within(type, ANY, 255) || !within(code, ANY, 255)) {
    return { problem: `${protocol} has no type ${type} with code ${code}` };
  }
  return { protocol, from: type, to: type === ANY ? ANY : code };
}

function within(value: number | undefined, least: number, most: number): value is number {
  return value !== undefined && Number.isInteger(value) && value >= least && value <= most;
}

function parsePorts(protocol: string, text = ''): Traffic | Problem | undefined {
  if (text === 'all') return canonicalTraffic(protocol, 0, LAST_PORT);
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return from === undefined ? undefined : canonicalTraffic(protocol, Number(from), Number(to));
}

function parseIcmp(protocol: string, text = ''): Traffic | Problem | undefined {
  if (text === 'all') return canonicalTraffic(protocol);
  const [, type, code] = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  return type === undefined
    ? undefined
    : canonicalTraffic(protocol, Number(type), code === undefined ? ANY : Number(code));
}
