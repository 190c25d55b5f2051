/** What 'nastransfer/node' offers: opening a GPU, image files and tables, which take Node. The rest is in 'nastransfer'. */
export type { AdapterKind, AdapterSummary, NodeOptions } from '../src/engine/device/node/index.js';
export { open } from '../src/engine/device/node/index.js';
export type { ImageSetEntry, ImageSetOptions } from './data/imageSets.js';
export { listImageSets, openImageSet, UnknownImageSetError } from './data/imageSets.js';
export { openTable, type TableOptions } from './tables/open.js';
export { tuningFiles } from './tuning/tuningFiles.js';
