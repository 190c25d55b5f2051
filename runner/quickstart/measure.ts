import type { Engine } from '../../src/engine/runtime/engine.js';
import { nasbench201 } from '../../src/nas/spaces/nasbench201/space.js';
import { measureSearchStep, measureTrainingStep } from '../../src/nas/transfer/stepTime.js';
import { parseStudy } from '../../src/nas/transfer/studySpecification.js';
import { targetImages } from '../../src/nas/transfer/target.js';
import type { ImageSets } from '../study/imageSets.js';
import type { SizeTimes } from './planner.js';
import { LADDER, type NetworkSize } from './sizes.js';
import { quickstartStudy } from './studyFile.js';

/** Has every operation, and about as much work as the mean of the cells that a study trains. */
const TYPICAL_CELL = '|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|none~2|';

/** Steps are timed for so many seconds; the shorter time is for what it takes to build a network once its kernels are there. */
const STEP_SECONDS = 1;
const BUILD_SECONDS = 0.2;

/** Times the steps of the study's networks of a size: training from scratch, and DARTS. */
export async function measureSize(
  engine: Engine,
  size: NetworkSize,
  sets: Pick<ImageSets, 'open'>,
): Promise<SizeTimes> {
  const rung = LADDER.find((one) => one.size === size)!;
  const { methods, sources, targets, protocols } = parseStudy(quickstartStudy(rung));
  const images = targetImages(await sets.open(targets[0].set), targets[0], protocols.training);
  const cell = nasbench201.parse(TYPICAL_CELL);
  const darts = methods.find((method) => method.name === 'darts')!;
  const { specification } = sources[0];
  const searched = await sets.open(specification.set);
  const search = { methodName: darts.name, options: darts.options, specification, protocol: protocols.search, seed: 0 };
  const train = (seconds: number) =>
    measureTrainingStep(engine, nasbench201, protocols.training, images, cell, { seconds });
  const relax = (seconds: number) => measureSearchStep(engine, nasbench201, search, searched, { seconds });

  const [training, trainingAgain] = [await train(STEP_SECONDS), await train(BUILD_SECONDS)];
  const [supernet, supernetAgain] = [await relax(STEP_SECONDS), await relax(BUILD_SECONDS)];
  return {
    compile: training.compileSeconds + supernet.compileSeconds,
    training: { build: trainingAgain.compileSeconds, step: training.secondsPerStep },
    search: { build: supernetAgain.compileSeconds, step: supernet.secondsPerStep },
  };
}
