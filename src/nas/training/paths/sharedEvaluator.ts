import { AttributeError } from '../../../engine/errors/errors.js';
import { crossEntropy } from '../../../engine/ops/loss/crossEntropy.js';
import type { Compiler } from '../../../engine/runtime/compiler.js';
import type { Program } from '../../../engine/runtime/program.js';
import type { Workspace } from '../../../engine/runtime/workspace.js';
import type { ImageSplit } from '../../data/images/imageSet.js';
import type { channelStatistics } from '../../data/images/statistics.js';
import type { ImageShape } from '../../data/images/transform.js';
import type { Supernet } from '../../networks/classifier.js';
import type { RelaxedTable, Selection } from '../../spaces/shared/space.js';
import { sequentialBatches } from '../loop/batches.js';
import { DeviceImages } from '../loop/deviceImages.js';
import { imageBatch } from '../loop/imageBatch.js';
import { Metrics } from '../loop/metrics.js';
import { ResourceScope } from '../loop/resourceScope.js';
import { runSteps, STEPS_AHEAD } from '../loop/runSteps.js';

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
  /** Workspace of the programs that train the supernet; absent: memory of its own. */
  readonly workspace?: Workspace;
  /** Aborts creation and measurements between two batches. */
  readonly signal?: AbortSignal;
}

/**
 * Feeds of a gated supernet for one architecture, by the names of its tables: [edges, operations], 1 where the architecture has
 * the candidate, else 0.
 */
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

/** Measures architectures with the weights of a gated supernet, in mode `evaluate`. */
export class SharedEvaluator {
  private constructor(
    private readonly options: SharedEvaluatorOptions,
    private readonly program: Program,
    private readonly metrics: Metrics,
    private readonly scope: ResourceScope,
  ) {}

  /**
   * Compiles the program. When it fails, nothing stays allocated.
   * @throws {AttributeError} when there are no images
   * @throws {MemoryLimitError} when the program does not fit
   * @throws the reason of `signal` when it is aborted
   */
  static create(options: SharedEvaluatorOptions): Promise<SharedEvaluator> {
    const { engine, supernet, images, shape, statistics, batch, workspace, signal } = options;
    return ResourceScope.create(async (scope) => {
      if (images.count < 1)
        throw new AttributeError(
          'SharedEvaluator.create: got no images, wanted at least one to measure architectures on',
        );
      const device = scope.own(new DeviceImages(engine, 'images of the architectures', images));
      const metrics = scope.own(new Metrics(engine, 'test'));
      const program = scope.own(
        await engine.compile(
          (graph) => {
            const { x, labels } = imageBatch(graph, device, { batch, shape, statistics, feed: 'indices' });
            const logits = supernet.forward(x, 'evaluate');
            metrics.record(graph, crossEntropy(logits, labels, { reduction: 'sum' }), logits, labels);
          },
          { workspace, signal },
        ),
      );
      return new SharedEvaluator(options, program, metrics, scope);
    });
  }

  /** Number of whole batches that `evaluate` can measure on, at least one. */
  get batches(): number {
    return Math.max(1, Math.floor(this.options.images.count / this.options.batch));
  }

  /**
   * Accuracy of an architecture with the shared weights.
   * @param batches which batches of the images, counted from 0, modulo their number; absent: all
   * @returns accuracy from 0 to 1 and mean cross entropy
   * @throws the reason of the signal when it is aborted
   */
  async evaluate(selection: Selection, batches?: readonly number[]): Promise<{ accuracy: number; loss: number }> {
    const { images, tables, engine, batch, signal } = this.options;
    const all = sequentialBatches(images.count, batch);
    const chosen = batches?.map((index) => all[index % all.length]) ?? all;
    const feeds = pathFeeds(tables, selection);
    this.metrics.reset();
    await runSteps(chosen, { engine, ahead: STEPS_AHEAD.network, signal }, (indices) =>
      this.program.run({ indices, ...feeds }),
    );
    const { loss, correct } = await this.metrics.take();
    const count = chosen.reduce((sum, indices) => sum + indices.filter((i) => i < images.count).length, 0);
    return { accuracy: correct / count, loss: loss / count };
  }

  /** Frees everything but the supernet's variables. A second call does nothing. */
  dispose(): void {
    this.scope.dispose();
  }
}
