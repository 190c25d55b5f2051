import type { Compiler } from '../../engine/runtime/compiler.js';
import type { EpochRecord } from '../records/epochRecord.js';
import type { Protocol } from '../records/protocol.js';
import { networkSettings } from '../spaces/shared/networkSettings.js';
import type { Space } from '../spaces/shared/space.js';
import { Trainer, type TrainingData } from '../training/network/trainer.js';
import type { TrainingEvent } from './study.js';

/**
 * Trains an architecture's network from new weights, measures it on the data's test images, and frees it.
 * @param signal aborts between two steps
 * @throws the reason of `signal` when it is aborted
 */
export async function trainNetwork(
  engine: Compiler,
  space: Space,
  architecture: unknown,
  data: TrainingData,
  classes: number,
  protocol: Protocol,
  seed: number,
  report?: (event: TrainingEvent) => void,
  signal?: AbortSignal,
): Promise<{ accuracy: number; loss: number; epochs: EpochRecord[] }> {
  signal?.throwIfAborted();
  const network = space.network(architecture, networkSettings(protocol, classes));
  const trainer = await Trainer.create({ engine, network, data, protocol, seed, signal });
  try {
    const epochs: EpochRecord[] = [];
    while (epochs.length < protocol.epochs) {
      const before = epochs.length;
      const record = await trainer.epoch((done, total) =>
        report?.({ kind: 'step', done: before * total + done, total: protocol.epochs * total }),
      );
      epochs.push(record);
      report?.({ kind: 'epoch', done: epochs.length, total: protocol.epochs, record });
    }
    return { ...(await trainer.evaluate()), epochs };
  } finally {
    trainer.dispose();
    engine.release(network.weights);
    engine.release(network.runningStatistics);
  }
}
