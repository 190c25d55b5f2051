import { AttributeError } from '../../engine/errors/errors.js';
import { crossEntropy } from '../../engine/ops/loss/crossEntropy.js';
import type { Compiler } from '../../engine/runtime/compiler.js';
import type { Program } from '../../engine/runtime/program.js';
import type { Workspace } from '../../engine/runtime/workspace.js';
import type { ImageSplit } from '../data/images/imageSet.js';
import type { channelStatistics } from '../data/images/statistics.js';
import type { Supernet } from '../networks/classifier.js';
import type { RelaxedTable, Selection } from '../spaces/shared/space.js';
import { sequentialBatches } from './batches.js';
import { DeviceImages } from './deviceImages.js';
import { Holder } from './holder.js';
import { type ImageShape, imageBatch } from './imageBatch.js';
import { Metrics } from './metrics.js';

/** Runs submitted before waiting for the device. */
const RUNS_AHEAD = 8;

export interface SharedEvaluatorOptions {
  readonly engine: Compiler;
  /** Gated, its weights allocated. */
  readonly supernet: Supernet;
  readonly tables: readonly RelaxedTable[];
  readonly shape: ImageShape;
  /** Images that architectures are measured on. */
  readonly images: ImageSplit;
  readonly statistics: ReturnType<typeof channelStatistics>;
  readonly batch: number;
  /** That of programs which train the supernet. */
  readonly workspace?: Workspace;
}

/** Weights of candidates by the names of their tables: one where an architecture has it, else zero. */
export function pathFeeds(tables: readonly RelaxedTable[], selection: Selection): Record<string, Float32Array> {
  return Object.fromEntries(
    tables.map(({ name, edges, operations }, t) => {
      const weights = new Float32Array(edges.length * operations.length);
      selection[t].forEach((chosen, edge) => {
        for (const operation of chosen) weights[edge * operations.length + operation] += 1;
      });
      return [name, weights];
    }),
  );
}

/** Measures architectures with the weights that they share. Batch norm is that of the supernet in mode `evaluate`. */
export class SharedEvaluator {
  private constructor(
    private readonly options: SharedEvaluatorOptions,
    private readonly program: Program,
    private readonly metrics: Metrics,
    private readonly held: Holder,
  ) {}

  static async create(options: SharedEvaluatorOptions): Promise<SharedEvaluator> {
    const { engine, supernet, images, shape, statistics, batch } = options;
    if (images.count < 1)
      throw new AttributeError('SharedEvaluator: got no images, wanted at least one to measure architectures on');
    const held = new Holder();
    try {
      const device = held.hold(new DeviceImages(engine, 'images of the architectures', images));
      const metrics = held.hold(new Metrics(engine, 'test'));
      const program = held.hold(
        await engine.compile(
          (graph) => {
            const { x, labels } = imageBatch(graph, device, { batch, shape, statistics, feed: 'indices' });
            const logits = supernet.forward(x, 'evaluate');
            metrics.record(graph, crossEntropy(logits, labels, { reduction: 'sum' }), logits, labels);
          },
          { workspace: options.workspace },
        ),
      );
      return new SharedEvaluator(options, program, metrics, held);
    } catch (error) {
      held.dispose();
      throw error;
    }
  }

  /** Whole batches that `evaluate` can measure on, or the one that there is. */
  get batches(): number {
    return Math.max(1, Math.floor(this.options.images.count / this.options.batch));
  }

  /**
   * Accuracy of an architecture with the shared weights.
   * @param batches which batches of the images, counted from 0; beyond the last, from the first again. Absent: all
   */
  async evaluate(selection: Selection, batches?: readonly number[]): Promise<{ accuracy: number; loss: number }> {
    const { images, tables, engine, batch } = this.options;
    const all = sequentialBatches(images.count, batch);
    const chosen = batches?.map((index) => all[index % all.length]) ?? all;
    const feeds = pathFeeds(tables, selection);
    for (const [index, indices] of chosen.entries()) {
      this.program.run({ indices, ...feeds });
      if ((index + 1) % RUNS_AHEAD === 0) await engine.idle();
    }
    const { loss, correct } = await this.metrics.take();
    const count = chosen.reduce((sum, indices) => sum + indices.filter((i) => i < images.count).length, 0);
    return { accuracy: correct / count, loss: loss / count };
  }

  dispose(): void {
    this.held.dispose();
  }
}
