const BLOCK = 512;

/** A regular file of a tar archive. */
export interface TarFile {
  path: string;
  /** Permission bits. */
  mode: number;
  content: Buffer;
}

/**
 * The regular files of a POSIX tar archive (pax and ustar headers; IEEE Std 1003.1, pax).
 * @throws {Error} when the archive is damaged or truncated
 */
export function readTar(archive: Buffer): TarFile[] {
  const files: TarFile[] = [];
  for (let offset = 0; offset + BLOCK <= archive.length; ) {
    const header = archive.subarray(offset, offset + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    const size = octal(header, 124, 12);
    if (octal(header, 148, 8) !== checksum(header)) throw new Error(`tar: damaged header at byte ${offset}`);
    const end = offset + BLOCK + size;
    if (end > archive.length) throw new Error(`tar: the archive ends at byte ${archive.length}, wanted ${end}`);
    const type = String.fromCharCode(header[156]);
    if (type === '0' || type === '\0') {
      const prefix = text(header, 345, 155);
      const name = text(header, 0, 100);
      files.push({
        path: prefix === '' ? name : `${prefix}/${name}`,
        mode: octal(header, 100, 8) & 0o777,
        content: archive.subarray(offset + BLOCK, end),
      });
    }
    offset = offset + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new Error('tar: the archive has no end-of-archive marker');
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

function octal(header: Buffer, start: number, length: number): number {
  return Number.parseInt(text(header, start, length).trim() || '0', 8);
}

/** Sum of the header's bytes, with the checksum field itself as spaces. */
function checksum(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : header[i];
  return sum;
}
