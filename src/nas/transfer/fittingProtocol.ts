import type { AdapterKind } from '../../engine/device/adapter.js';
import { AttributeError } from '../../engine/errors/errors.js';
import type { Protocol } from '../records/protocol.js';
import { joinOverrides, type ProtocolOverrides, withOverrides } from '../records/protocolOverrides.js';
import { batchesPerEpoch } from '../training/loop/batches.js';
import { type FittingFacts, networkSizes, stepWork } from './fittingNetworks.js';

/** Settings and their number of optimiser steps; of one candidate where candidates are trained. */
export interface FittedProtocol {
  readonly protocol: Protocol;
  readonly steps: number;
}

/** Capacity of a kind of device in a few minutes. */
interface Reach {
  /** Largest batch of a training from scratch, and of searches, which use fewer images in an epoch. */
  readonly largestBatch: { readonly training: number; readonly search: number };
  /** Work of a run, in 1e9 multiply-adds of forward passes including their backward passes. */
  readonly work: number;
}

/** Measured on two cores (docs/own-images.md); for hardware an assumption: a slow GPU. */
const LAVAPIPE: Reach = { largestBatch: { training: 32, search: 16 }, work: 250 };
const SLOW: Reach = { ...LAVAPIPE, work: 55 };
const REACH: Readonly<Record<AdapterKind, Reach>> = {
  hardware: { largestBatch: { training: 128, search: 64 }, work: 8000 },
  lavapipe: LAVAPIPE,
  swiftshader: SLOW,
  'other-software': SLOW,
};

/** Target number of optimiser steps, and the least number to which a run is shortened to save time. */
const STEPS: Readonly<Record<FittingFacts['work']['kind'], { readonly wanted: number; readonly least: number }>> = {
  training: { wanted: 1500, least: 500 },
  fitness: { wanted: 240, least: 150 },
  search: { wanted: 1000, least: 300 },
};

/** Epochs of a training from scratch: those below which no larger network is chosen, and the largest number. */
const ENOUGH_EPOCHS = 15;
const MOST_EPOCHS = 100;

/** Target number of batches in an epoch where the batch size is not given. */
const BATCHES = 16;
const SMALLEST_BATCH = 16;

/**
 * Settings for images without a published protocol: batch, epochs, image and network sizes with which a run makes enough steps in a few
 * minutes; all other settings are those of the space's published protocol. Nothing is measured: equal images give equal settings on
 * every device of a kind.
 * @param given fixed settings; the others are chosen to match them
 * @throws {AttributeError} without images
 */
export function fittingProtocol(facts: FittingFacts, given: ProtocolOverrides = {}): FittedProtocol {
  const { images, work } = facts;
  if (images.count < 1)
    throw new AttributeError(`fittingProtocol: got ${images.count} images, wanted at least one to train on`);
  const published = publishedProtocol(facts);
  const { largestBatch, work: whole } = REACH[facts.device];
  const reach = work.kind === 'fitness' ? whole / work.candidates : whole;
  const batch =
    given.batch ?? fittingBatch(images.count, largestBatch[work.kind === 'training' ? 'training' : 'search']);
  const perEpoch = batchesPerEpoch(images.count, Math.min(batch, images.count));
  const { wanted, least } = STEPS[work.kind];
  const fromEpochs = (epochs: number) => (work.kind === 'training' ? epochs * perEpoch : 0);

  const planned = Math.max(wanted, fromEpochs(ENOUGH_EPOCHS), (given.epochs ?? 0) * perEpoch);
  const sizes = networkSizes(facts, given);
  const workOf = (size: (typeof sizes)[number]) => stepWork(facts, { ...published, ...size, batch });
  const size = sizes.findLast((each) => planned * workOf(each) <= reach) ?? sizes[0];
  const most = Math.max(wanted, fromEpochs(MOST_EPOCHS));
  const steps = Math.min(most, Math.max(least, Math.floor(reach / workOf(size))));
  const epochs = given.epochs ?? Math.max(Math.ceil(least / perEpoch), Math.round(steps / perEpoch));

  const chosen: ProtocolOverrides = {
    ...size,
    epochs,
    batch,
    optimizer: { learningRate: fittingRate(published, batch) },
    // Published: a padding of 4 for 32 pixels. Grey images are often characters, which are not invariant to flips.
    augmentation: { pad: Math.round(size.imageSize / 8), flip: size.imageChannels === 3, cutout: 0 },
    dropPath: 0,
    auxiliaryWeight: 0,
  };
  return { protocol: withOverrides(published, joinOverrides(chosen, given)), steps: epochs * perEpoch };
}

function publishedProtocol({ space, work }: FittingFacts): Protocol {
  const { search, training, fitness } = space.protocols;
  if (work.kind === 'search') return search;
  return work.kind === 'fitness' ? withOverrides(training, fitness) : training;
}

/** A power of two: a sixteenth of the images within the limits, and at most half of them. */
function fittingBatch(count: number, largest: number): number {
  const wanted = 2 ** Math.round(Math.log2(count / BATCHES));
  const half = 2 ** Math.floor(Math.log2(count / 2));
  return Math.max(1, Math.min(Math.max(SMALLEST_BATCH, Math.min(largest, wanted)), half));
}

/**
 * The published rate times the square root of the batch's ratio to the published one (Krizhevsky 2014, 1404.5997, section 5; Hoffer et
 * al. 2017, 1705.08741), rounded to two digits, which people can type.
 */
function fittingRate({ optimizer, batch: published }: Protocol, batch: number): number {
  return Number((optimizer.learningRate * Math.sqrt(batch / published)).toPrecision(2));
}
