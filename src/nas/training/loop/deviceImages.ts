import type { Variable } from '../../../engine/graph/variables.js';
import { VariableSet } from '../../../engine/graph/variables.js';
import type { Compiler } from '../../../engine/runtime/compiler.js';
import type { ImageSplit } from '../../data/images/imageSet.js';

/** Images and labels on the device, where batches are gathered and augmented: pixels as bytes, four to a word. */
export class DeviceImages {
  readonly pixels: Variable;
  readonly labels: Variable;
  readonly count: number;
  private readonly set: VariableSet;

  constructor(
    private readonly engine: Compiler,
    name: string,
    split: ImageSplit,
  ) {
    this.count = split.count;
    this.set = new VariableSet(name, 'data');
    const words = new Uint32Array(Math.ceil(split.pixels.length / 4));
    new Uint8Array(words.buffer).set(split.pixels);
    this.pixels = this.set.add('pixels', [words.length], () => words, { dtype: 'u32' });
    this.labels = this.set.add('labels', [split.count], () => split.labels, { dtype: 'u32' });
    engine.allocate(this.set);
  }

  /** Frees both. A second call does nothing. */
  dispose(): void {
    this.engine.release(this.set);
  }
}
