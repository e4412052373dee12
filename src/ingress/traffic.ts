/** Which traffic does a rule mean: protocol with ports, or with ICMP type and code; and how is it said in words? */

/** The traffic part of a rule in canonical form, see `model/rule.ts`. */
export type Traffic = { readonly protocol: string; readonly from?: number; readonly to?: number };
/** Why a text does not mean a rule, and what to write instead. */
export type Problem = { readonly problem: string; readonly advice?: string };

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

/**
 * The inverse of `trafficName`, from lower-case words. A number alone is refused: `22 from …` means the port to whoever
 * writes it, and would be protocol 22.
 */
export function parseTraffic([first = '', second, ...rest]: readonly string[]): Traffic | Problem | undefined {
  if (rest.length > 0) return undefined;
  if (first === 'protocol') return second === undefined ? undefined : parseNumbered(second);
  if (/^\d+$/.test(first) && second === undefined) return ambiguous(first);
  switch (protocolOf(first)) {
    case 'tcp':
    case 'udp':
      return parsePorts(first, second);
    case 'icmp':
    case 'icmpv6':
      return parseIcmp(first, second);
    case '-1':
      return second === undefined ? { protocol: '-1' } : { problem: `${first} is every protocol and takes no ports` };
    default:
      return first === '' ? undefined : unknownProtocol(first);
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

function parseNumbered(text: string): Traffic | Problem {
  const name = protocolOf(text);
  return name === 'tcp' || name === 'udp' ? portsMissing(name) : canonicalTraffic(text);
}

function parsePorts(protocol: string, text = ''): Traffic | Problem {
  if (text === 'all') return canonicalTraffic(protocol, 0, LAST_PORT);
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (from === undefined) return portsMissing(protocol, text);
  return leadingZero(protocol, text) ?? canonicalTraffic(protocol, Number(from), Number(to));
}

function parseIcmp(protocol: string, text = ''): Traffic | Problem {
  if (text === 'all') return canonicalTraffic(protocol);
  const [, type, code] = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (type === undefined) {
    const advice = `write "${protocol} all", a type as in "${protocol} 3", or a type and a code as in "${protocol} 3/4"`;
    return {
      problem: text === '' ? `${protocol} is without its type` : `${quote(text)} is no type of ${protocol}`,
      advice,
    };
  }
  const zero = leadingZero(protocol, text);
  return zero ?? canonicalTraffic(protocol, Number(type), code === undefined ? ANY : Number(code));
}

function portsMissing(protocol: string, text = ''): Problem {
  const problem = text === '' ? `${protocol} is without its ports` : `${quote(text)} is no port`;
  return { problem, advice: `write e.g. "${protocol} 443", "${protocol} 8000-8080" or "${protocol} all"` };
}

/** Elsewhere a leading zero means octal: nobody can say which number was meant. */
function leadingZero(protocol: string, text: string): Problem | undefined {
  const plain = text.replaceAll(/(?<!\d)0+(?=\d)/g, '');
  return plain === text
    ? undefined
    : { problem: `${quote(text)} has a leading zero`, advice: `write "${protocol} ${plain}"` };
}

function ambiguous(number: string): Problem {
  return {
    problem: `${quote(number)} may be meant as a port or as the number of a protocol`,
    advice: `write "tcp ${number}" or "udp ${number}" for the port, "protocol ${number}" for the protocol`,
  };
}

function unknownProtocol(text: string): Problem {
  return {
    problem: `${quote(text)} is not a protocol`,
    advice: 'write tcp, udp, icmp, icmpv6 or all, or the number of another one: "protocol 50"',
  };
}

/** What was written may be long or hold control characters. */
function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
