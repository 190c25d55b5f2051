import type { ImageSet } from '../data/images/imageSet.js';

/** JSON with sorted keys and without undefined fields: equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    field !== null && typeof field === 'object' && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** SHA-256, in hexadecimal, of the canonical JSON of everything that decides the outcome of a job. */
export function jobHash(decides: unknown): Promise<string> {
  return sha256(new TextEncoder().encode(canonicalJson(decides)));
}

/** Hash of the content of an image set: its shape, classes, pixels and labels, not its name or origin. */
export async function fingerprint(set: ImageSet): Promise<string> {
  const part = async ({ count, pixels, labels }: ImageSet['train']) => ({
    count,
    pixels: await sha256(pixels),
    labels: await sha256(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength)),
  });
  const { height, width, channels, classes } = set;
  return jobHash({ height, width, channels, classes, train: await part(set.train), test: await part(set.test) });
}
