import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder, cacheFolder } from '../../src/engine/device/node/cache.js';
import { DataError, type ImageSet } from '../../src/nas/data/index.js';
import { exists } from './files.js';
import { openIdxFolder } from './idxFolder.js';

export const FASHION_MNIST = {
  classes: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  train: 60_000,
  test: 10_000,
  edge: 28,
  licence: 'MIT (Zalando SE)',
} as const;

/** Where Debian's package dataset-fashion-mnist puts the files. */
const DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist';

/** Places of the official files: the project's repository, and the address in its README. */
const ADDRESSES = [
  'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion',
  'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com',
];

/** SHA-256 of the official files. They are also the ones whose MD5 sums stand in the project's README. */
const DIGESTS: Readonly<Record<string, string>> = {
  'train-images-idx3-ubyte.gz': '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
  'train-labels-idx1-ubyte.gz': 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
  't10k-images-idx3-ubyte.gz': '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
  't10k-labels-idx1-ubyte.gz': '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
};

const DOWNLOAD_MILLISECONDS = 120_000;

/** The folder that has Fashion-MNIST on this machine, without a download: Debian's, or the user's cache. */
export async function fashionMnistFolder(debianFolder = DEBIAN_FOLDER): Promise<string | undefined> {
  for (const folder of [debianFolder, join(cacheFolder(), 'fashion-mnist')]) if (await exists(folder)) return folder;
  return undefined;
}

/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, 1708.07747) from Debian's dataset-fashion-mnist, else from the user's cache, where the
 * official files are downloaded to (31 MB) and checked by their SHA-256. Errors: `DataError`.
 */
export async function openFashionMnist(debianFolder = DEBIAN_FOLDER): Promise<ImageSet> {
  const folder = (await fashionMnistFolder(debianFolder)) ?? (await download());
  const set = await openIdxFolder(folder, 'fashion-mnist', FASHION_MNIST);
  return { ...set, origin: folder, licence: FASHION_MNIST.licence };
}

async function download(): Promise<string> {
  const contents: [string, Uint8Array][] = [];
  for (const file of Object.keys(DIGESTS)) contents.push([file, await downloadFile(file)]);
  return cachedFolder('fashion-mnist', (folder) => {
    for (const [file, bytes] of contents) writeFileSync(join(folder, file), bytes);
  });
}

async function downloadFile(file: string): Promise<Uint8Array> {
  let failure: unknown;
  let got = 'nothing';
  for (const address of ADDRESSES) {
    try {
      const response = await fetch(`${address}/${file}`, { signal: AbortSignal.timeout(DOWNLOAD_MILLISECONDS) });
      if (!response.ok) {
        got = `HTTP status ${response.status}`;
        continue;
      }
      const bytes = new Uint8Array(await response.arrayBuffer());
      const digest = createHash('sha256').update(bytes).digest('hex');
      if (digest === DIGESTS[file]) return bytes;
      got = `a download of ${bytes.length} bytes with SHA-256 ${digest}`;
    } catch (cause) {
      failure = cause;
      got = `no download (${(cause as Error).message})`;
    }
  }
  const advice = `Install Debian's package dataset-fashion-mnist, or put the four official files into ${join(cacheFolder(), 'fashion-mnist')}`;
  const wanted = `the official file with SHA-256 ${DIGESTS[file]}`;
  throw new DataError({ file: `fashion-mnist ${file}`, got, wanted, advice }, { cause: failure });
}
