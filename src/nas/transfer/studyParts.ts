import { NasTransferError } from '../../engine/errors/errors.js';
import { Random } from '../../engine/random/random.js';
import type { SourceSpecification } from '../data/rules/rule.js';
import { checkSource, formatSource, parseSource } from '../data/sourceSpecification.js';
import { methodByName } from '../methods/methods.js';
import type { Protocol } from '../records/protocol.js';
import { type ProtocolOverrides, withOverrides } from '../records/protocolOverrides.js';
import { describeSchemaErrors } from '../schemas/schemaErrors.js';
import { checkSupernetChannels } from '../spaces/shared/mixedNode.js';
import { networkSettings } from '../spaces/shared/networkSettings.js';
import type { Space } from '../spaces/shared/space.js';
import { checkRegularization } from '../training/network/trainingLoss.js';

/** A study, or a part of one, that does not follow its schema. */
export class StudyError extends NasTransferError {
  override readonly code = 'study';
}

export interface StudyMethod {
  readonly label: string;
  readonly name: string;
  /** All options, defaults filled in. */
  readonly options: unknown;
}

export interface StudySource {
  readonly label: string;
  readonly specification: SourceSpecification;
}

export interface StudyTarget {
  readonly label: string;
  readonly set: string;
  /** Largest numbers of training and test images; default: all. */
  readonly limit?: number;
  readonly testLimit?: number;
}

/** Errors of a part become those of a study, with the name of the part. */
export function inField<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NasTransferError)) throw error;
    throw new StudyError(`${field}: ${error.message}`, { cause: error });
  }
}

/** @throws {UnknownNameError} for the method @throws {StudyError} for its options */
export function studyMethod(name: string, options: unknown = {}, label = name): StudyMethod {
  return { label, name, options: parseMethodOptions(name, options) };
}

/** @throws {UnknownNameError} for the method @throws {StudyError} for its options */
export function parseMethodOptions(name: string, options: unknown): unknown {
  const schema = methodByName(name).options;
  const parsed = schema.safeParse(options);
  if (!parsed.success)
    throw new StudyError(`options of ${name}: ${describeSchemaErrors(parsed.error, options, schema).join('; ')}`);
  return parsed.data;
}

/** @param source a text (`parseSource`) or a specification @throws {SourceError} when it is wrong */
export function studySource(source: string | SourceSpecification, label?: string): StudySource {
  if (typeof source === 'string') return { label: label ?? source, specification: parseSource(source) };
  checkSource(source);
  return { label: label ?? formatSource(source), specification: source };
}

/** @throws {StudyError} when a limit leaves fewer than two images */
export function studyTarget(target: Omit<StudyTarget, 'label'>, label = target.set): StudyTarget {
  for (const field of ['limit', 'testLimit'] as const) {
    const value = target[field];
    if (value !== undefined && (!Number.isInteger(value) || value < 2))
      throw new StudyError(`target '${target.set}': ${field} is ${value}, wanted a whole number of at least 2`);
  }
  return { label, ...target };
}

/**
 * Training of an architecture from scratch: the space's published protocol with overrides.
 * @throws {StudyError} when the space has no such networks
 */
export function trainingProtocol(space: Space, overrides: ProtocolOverrides = {}): Protocol {
  const protocol = withOverrides(space.protocols.training, overrides);
  inField('training', () => checkNetwork(space, protocol));
  return protocol;
}

/**
 * The short training of candidates in a search.
 * @param training overrides of the training from scratch, which the short training shares
 * @throws {StudyError} when the space has no such networks
 */
export function fitnessProtocol(
  space: Space,
  overrides: ProtocolOverrides = {},
  training: ProtocolOverrides = {},
): Protocol {
  const { training: published, fitness } = space.protocols;
  const protocol = [training, fitness, overrides].reduce<Protocol>(withOverrides, published);
  inField('fitness', () => checkNetwork(space, protocol));
  return protocol;
}

/** Training of a supernet's weights. `checkSupernetProtocol` checks that the space has such a supernet. */
export function supernetProtocol(space: Space, overrides: ProtocolOverrides = {}): Protocol {
  return withOverrides(space.protocols.search, overrides);
}

/** @throws {StudyError} when the space has no such supernet */
export function checkSupernetProtocol(space: Space, protocol: Protocol): void {
  for (const field of ['dropPath', 'auxiliaryWeight'] as const)
    if (protocol[field] > 0)
      throw new StudyError(
        `search: ${field} is ${protocol[field]}, wanted 0: supernets are trained without regularization`,
      );
  inField('search.channels', () =>
    checkSupernetChannels(`supernet of ${space.name}`, protocol.channels, space.sizes.supernetChannels),
  );
}

/** The protocol of a method's search: of the supernet, or of its candidates. @throws {StudyError} when the space has no such networks */
export function searchProtocol(space: Space, { name, options }: StudyMethod, overrides: ProtocolOverrides): Protocol {
  if (methodByName(name).needs(options) !== 'supernet') return fitnessProtocol(space, overrides);
  const protocol = supernetProtocol(space, overrides);
  checkSupernetProtocol(space, protocol);
  return protocol;
}

/** @throws {AttributeError} where networks of the space, or of such images, have no drop path or auxiliary classifier */
function checkNetwork(space: Space, protocol: Protocol): void {
  if (protocol.dropPath === 0 && protocol.auxiliaryWeight === 0) return;
  const any = space.random(new Random(0, 'checked network'));
  checkRegularization(space.network(any, networkSettings(protocol, 2)), protocol);
}
