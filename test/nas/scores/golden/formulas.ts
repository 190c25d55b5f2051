import { encode } from '../../../../src/engine/graph/encoding.js';
import { logicalSize } from '../../../../src/engine/graph/types.js';
import type { VariableSet } from '../../../../src/engine/graph/variables.js';
import type { NetworkSettings } from '../../../../src/nas/spaces/shared/networkSettings.js';
import type { Space } from '../../../../src/nas/spaces/shared/space.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';

export const settings: NetworkSettings = { channels: 4, cells: 1, classes: 5, size: 8, imageChannels: 3 };
const BATCH = 4;

/** As in make.py. */
export const images = Float32Array.from(
  { length: BATCH * settings.size ** 2 * settings.imageChannels },
  (_, i) => Math.sin(0.011 * i * i) + 0.5 * Math.sin(0.3 * i),
);
export const labels = Uint32Array.from({ length: BATCH }, (_, n) => (3 * n) % settings.classes);

export function wave(name: string, shape: readonly number[], count: number): Float64Array {
  const phase = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const waves = Float64Array.from({ length: count }, (_, i) => Math.sin(12.9898 * i + 0.37 * phase));
  const fanIn = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  if (shape.length > 1) return waves.map((value) => value / Math.sqrt(fanIn));
  return waves.map((value) => (name.endsWith('gamma') ? 1 + 0.2 * value : 0.1 * value));
}

function wavesOf(set: VariableSet): Uint32Array {
  const words = new Uint32Array(set.size);
  for (const { name, type, offset } of set.variables)
    encode(type, wave(name, type.shape, logicalSize(type)), words.buffer, offset * 4);
  return words;
}

const nasbench201 = spaceByName('nasbench201');

/** NAS-Bench-201 with the initial weights of make.py. */
export const waveSpace: Space = {
  ...nasbench201,
  network(architecture, networkSettings) {
    const network = nasbench201.network(architecture, networkSettings);
    network.weights.initialWords = () => wavesOf(network.weights);
    return network;
  },
};
