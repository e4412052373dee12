/**
 * What is in a small ZIP archive, such as GitHub makes of an artifact? Stored and deflated entries, found through the
 * central directory; sizes are bounded before anything is unpacked, and contents checked afterwards.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { TrueupError } from '../model/problem.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 0xffff;

/** The content of the one entry of that name. @throws TrueupError `not-a-zip` */
export function readEntry(zip: Buffer, name: string, most: number): Buffer {
  return reading(() => {
    const found = entriesOf(zip).filter((entry) => entry.name === name);
    const [entry] = found;
    if (!entry || found.length > 1) throw new RangeError(`${found.length} entries of the name ${name}`);
    return contentOf(zip, entry, most);
  });
}

/** Name → content of every file. @param most of all of them together @throws TrueupError `not-a-zip` */
export function readEntries(zip: Buffer, most: number): ReadonlyMap<string, Buffer> {
  return reading(() => {
    const entries = entriesOf(zip).filter(({ name }) => !name.endsWith('/'));
    const size = entries.reduce((sum, one) => sum + one.size, 0);
    if (size > most) throw new RangeError(`${size} bytes in all, more than ${most}`);
    return new Map(entries.map((entry) => [entry.name, contentOf(zip, entry, most)]));
  });
}

function reading<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw new TrueupError(
      {
        code: 'not-a-zip',
        message: `the artifact cannot be read: ${cause instanceof Error ? cause.message : cause}`,
        advice: 'let the plan run again; only the archive that the workflow uploaded is read',
      },
      { cause },
    );
  }
}

type Entry = {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
};

function entriesOf(zip: Buffer): Entry[] {
  const end = findEnd(zip);
  const entries: Entry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== ENTRY) throw new RangeError('the directory is broken');
    const nameLength = zip.readUInt16LE(at + 28);
    entries.push({
      name: zip.toString('utf8', at + 46, at + 46 + nameLength),
      method: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      packed: zip.readUInt32LE(at + 20),
      size: zip.readUInt32LE(at + 24),
      at: zip.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function findEnd(zip: Buffer): number {
  for (let at = zip.length - END_LENGTH; at >= Math.max(0, zip.length - END_LENGTH - LONGEST_COMMENT); at -= 1)
    if (zip.readUInt32LE(at) === END) return at;
  throw new RangeError('it has no directory');
}

function contentOf(zip: Buffer, { method, crc, packed, size, at }: Entry, most: number): Buffer {
  if (size > most) throw new RangeError(`an entry of ${size} bytes, more than ${most}`);
  if (zip.readUInt32LE(at) !== LOCAL) throw new RangeError('an entry is not where the directory says');
  const start = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  const bytes = zip.subarray(start, start + packed);
  const content =
    method === 0 ? bytes : method === 8 ? inflateRawSync(bytes, { maxOutputLength: Math.max(size, 1) }) : undefined;
  if (!content) throw new RangeError(`compression method ${method}`);
  if (content.length !== size || crc32(content) !== crc) throw new RangeError('an entry is damaged');
  return content;
}
