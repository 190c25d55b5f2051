/**
 * What needs Node: opening a device, image files, tables and kept tunings. The rest is in `nastransfer`.
 * @module nastransfer/node
 */

export type { AdapterKind, AdapterSummary, NodeOptions } from '../src/engine/device/node/index.js';
export { open } from '../src/engine/device/node/index.js';
export type { ImageSetEntry, ImageSetOptions } from './data/imageSets.js';
export { listImageSets, openImageSet, UnknownImageSetError } from './data/imageSets.js';
export { openTable, type TableOptions } from './tables/open.js';
export { tuningFiles } from './tuning/tuningFiles.js';
