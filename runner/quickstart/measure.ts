import type { Engine } from '../../src/engine/runtime/index.js';
import { spaceByName } from '../../src/nas/spaces/index.js';
import {
  measureSearchStep,
  measureTrainingStep,
  parseStudy,
  type StepTime,
  targetImages,
} from '../../src/nas/transfer/index.js';
import type { ImageSets } from '../data/imageSetCache.js';
import type { NetworkSize, NetworkTimes, SizeTimes } from '../tools/stepTimer.js';
import { LADDER, TYPICAL_ARCHITECTURE } from './sizes.js';
import { quickstartStudy } from './studyFile.js';

/** The first steps compile kernels, some of them at their first run. So steps run untimed for some seconds first, then timed. */
const WARMING_SECONDS = 0.1;
const STEP_SECONDS = 1;

/** Times the steps of the study's networks of a size: training from scratch, and DARTS. */
export async function measureSize(
  engine: Engine,
  size: NetworkSize,
  sets: Pick<ImageSets, 'open'>,
): Promise<SizeTimes> {
  const rung = LADDER.find((one) => one.size === size)!;
  const { space: name, methods, sources, targets, protocols } = parseStudy(quickstartStudy(rung));
  const images = targetImages(await sets.open(targets[0].set), targets[0], protocols.training);
  const space = spaceByName(name);
  const typical = space.parse(TYPICAL_ARCHITECTURE);
  const darts = methods.find((method) => method.name === 'darts')!;
  const { specification } = sources[0];
  const searched = await sets.open(specification.set);
  const search = { methodName: darts.name, options: darts.options, specification, protocol: protocols.search, seed: 0 };
  const train = (seconds: number) =>
    measureTrainingStep(engine, space, protocols.training, images, typical, { seconds });
  const relax = (seconds: number) => measureSearchStep(engine, space, search, searched, { seconds });

  const start = performance.now();
  await train(WARMING_SECONDS);
  await relax(WARMING_SECONDS);
  const compile = (performance.now() - start) / 1000;
  return { compile, training: timesOf(await train(STEP_SECONDS)), search: timesOf(await relax(STEP_SECONDS)) };
}

function timesOf({ compileSeconds, secondsPerStep }: StepTime): NetworkTimes {
  return { build: compileSeconds, step: secondsPerStep };
}
