import type { Graph } from '../../src/engine/graph/index.js';
import { Random } from '../../src/engine/random/index.js';
import { methodByName } from '../../src/nas/methods/index.js';
import type { Protocol } from '../../src/nas/records/index.js';
import { type ProtocolOverrides, withOverrides } from '../../src/nas/records/index.js';
import { networkSettings, type Space, spaceByName } from '../../src/nas/spaces/index.js';
import { stepGraphs } from '../../src/nas/training/index.js';
import type { Study } from '../../src/nas/transfer/index.js';

/** Networks whose kernels are tuned together. */
export interface TuningWork {
  readonly label: string;
  readonly graphs: readonly ((graph: Graph) => void)[];
}

/** Number of random architectures that represent a space: together they have each of its operations in every stage. */
const ARCHITECTURES = 6;

/** The published networks and supernet of a space, or those of other sizes. @throws {AttributeError} when sizes make no network */
export function spaceWork(name: string, overrides: ProtocolOverrides, classes: number): TuningWork[] {
  const space = spaceByName(name);
  const { search, training } = space.protocols;
  return [
    networksWork(space, withOverrides(training, overrides), classes),
    supernetOf(space, withOverrides(search, overrides), classes),
  ];
}

/** The published supernet of a space, or one of other sizes. @throws {AttributeError} when sizes make no supernet */
export function supernetWork(name: string, overrides: ProtocolOverrides, classes: number): TuningWork {
  const space = spaceByName(name);
  return supernetOf(space, withOverrides(space.protocols.search, overrides), classes);
}

/** The networks that a study searches and trains. Image sets are not read: the number of their classes is given. */
export function studyWork(
  { name, space: spaceName, methods, sources, targets, protocols }: Study,
  classes: number,
): TuningWork[] {
  const space = spaceByName(spaceName);
  const needs = new Set(methods.map((method) => methodByName(method.name).needs(method.options)));
  const halves = sources.map(({ specification }) => half(specification.limit));
  const works = [
    ...(needs.has('supernet')
      ? batches(protocols.search, halves).map((protocol) => supernetOf(space, protocol, classes))
      : []),
    ...(needs.has('training')
      ? batches(protocols.fitness, halves).map((protocol) => networksWork(space, protocol, classes))
      : []),
    ...batches(
      protocols.training,
      targets.map(({ limit }) => limit),
    ).map((protocol) => networksWork(space, protocol, classes)),
  ];
  return works.map((work) => ({ ...work, label: `${name}: ${work.label}` }));
}

/** The protocol with each batch size that results from sets with these limits. */
function batches(protocol: Protocol, limits: readonly (number | undefined)[]): Protocol[] {
  const sizes = limits.map((limit) => Math.min(protocol.batch, limit ?? protocol.batch));
  return [...new Set(sizes)].map((batch) => ({ ...protocol, batch }));
}

function half(limit: number | undefined): number | undefined {
  return limit === undefined ? undefined : Math.floor(limit / 2);
}

function networksWork(space: Space, protocol: Protocol, classes: number): TuningWork {
  const random = new Random(0, 'architectures to tune');
  const networks = Array.from({ length: ARCHITECTURES }, () =>
    space.network(space.random(random), networkSettings(protocol, classes)),
  );
  return {
    label: `networks of ${space.name}, ${sizesOf(protocol)}`,
    graphs: networks.flatMap((network) => stepGraphs(network, protocol)),
  };
}

function supernetOf(space: Space, protocol: Protocol, classes: number): TuningWork {
  const supernet = space.supernet(networkSettings(protocol, classes), { affine: false, batchNorm: 'batch' });
  return { label: `supernet of ${space.name}, ${sizesOf(protocol)}`, graphs: stepGraphs(supernet, protocol) };
}

function sizesOf({ batch, channels, imageSize }: Protocol): string {
  return `batch ${batch}, ${channels} channels, ${imageSize} pixels`;
}
