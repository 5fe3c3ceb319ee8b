import { inflateRawSync } from 'node:zlib';

const END = { signature: 0x06054b50, bytes: 22, commentBytes: 65_535 };
const ENTRY = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };

/**
 * The files of a ZIP archive by their names. Throws where it is broken, or comes to more than `limit` bytes when it is unpacked:
 * a file of a few kilobytes can come to gigabytes.
 */
export function unzipped(zip: Buffer, limit: number): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = endOf(zip);
  let [left, at, room] = [zip.readUInt16LE(end + 8), zip.readUInt32LE(end + 16), limit];
  for (; left > 0; left -= 1) {
    if (at + ENTRY.bytes > end || zip.readUInt32LE(at) !== ENTRY.signature) throw new Error('its directory is broken');
    const [method, bytes, place] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
    const nameEnd = at + ENTRY.bytes + zip.readUInt16LE(at + 28);
    const content = contentOf(zip, { method, bytes, place }, room);
    room -= content.length;
    files.set(zip.toString('utf8', at + ENTRY.bytes, nameEnd), content);
    at = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}

/** Where the end of the directory begins: the last place that looks like one. */
function endOf(zip: Buffer): number {
  const first = Math.max(0, zip.length - END.bytes - END.commentBytes);
  for (let at = zip.length - END.bytes; at >= first; at -= 1) if (zip.readUInt32LE(at) === END.signature) return at;
  throw new Error('it is no ZIP archive');
}

function contentOf(
  zip: Buffer,
  { method, bytes, place }: { method: number; bytes: number; place: number },
  room: number,
): Buffer {
  if (place + LOCAL.bytes > zip.length || zip.readUInt32LE(place) !== LOCAL.signature) {
    throw new Error('its directory is broken');
  }
  const begin = place + LOCAL.bytes + zip.readUInt16LE(place + 26) + zip.readUInt16LE(place + 28);
  const packed = zip.subarray(begin, begin + bytes);
  if (method !== 0 && method !== 8) throw new Error('it is packed in another way than Excel does');
  try {
    const content = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(room, 1) });
    if (content.length <= room) return content;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
  }
  throw new Error('it comes to too much when it is unpacked');
}

/** A ZIP archive of files, not compressed, and without their checksums. */
export function zipped(files: ReadonlyMap<string, Buffer>): Buffer {
  const [contents, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, content] of files) {
    const nameBytes = Buffer.from(name, 'utf8');
    const local = Buffer.alloc(LOCAL.bytes);
    local.writeUInt32LE(LOCAL.signature, 0);
    local.writeUInt32LE(content.length, 18);
    local.writeUInt32LE(content.length, 22);
    local.writeUInt16LE(nameBytes.length, 26);
    const entry = Buffer.alloc(ENTRY.bytes);
    entry.writeUInt32LE(ENTRY.signature, 0);
    // From the version that it needs to how long its name is, both have the same fields.
    local.copy(entry, 6, 4, 28);
    entry.writeUInt32LE(offset, 42);
    contents.push(local, nameBytes, content);
    directory.push(entry, nameBytes);
    offset += LOCAL.bytes + nameBytes.length + content.length;
  }
  const end = Buffer.alloc(END.bytes);
  end.writeUInt32LE(END.signature, 0);
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(
    directory.reduce((sum, part) => sum + part.length, 0),
    12,
  );
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...contents, ...directory, end]);
}
