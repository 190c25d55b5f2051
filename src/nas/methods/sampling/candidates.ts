import { Random } from '../../../engine/random/random.js';
import { encode, encodeSpace } from '../../predictors/encodings.js';
import type { EncodingName, Features } from '../../predictors/predictor.js';
import type { Space } from '../../spaces/shared/space.js';
import { drawUnseen } from '../shared/unseen.js';

/** Largest size of a space of which all architectures are candidates. */
const LARGEST_ENUMERATED = 200_000;

/** The architectures that predictors choose from. */
export interface Candidates {
  readonly architectures: readonly unknown[];
  readonly texts: readonly string[];
  /** Index of an architecture by its text. */
  readonly indexOf: ReadonlyMap<string, number>;
  features(encoding: EncodingName): Features;
}

const wholeSpaces = new WeakMap<Space, Candidates>();

/** All architectures of a space small enough, cached for the next search; else `pool` different random ones. */
export function candidatesOf(space: Space, pool: number, seed: number): Candidates {
  if (space.size > LARGEST_ENUMERATED) {
    const drawn = drawPool(space, pool, seed);
    const encoded = new Map<EncodingName, Features>();
    return candidatesFrom(space, drawn, (encoding) => {
      let features = encoded.get(encoding);
      if (!features) encoded.set(encoding, (features = encode(space, drawn, encoding)));
      return features;
    });
  }
  let kept = wholeSpaces.get(space);
  if (!kept) {
    kept = candidatesFrom(space, [...space.enumerate()], (encoding) => encodeSpace(space, encoding));
    wholeSpaces.set(space, kept);
  }
  return kept;
}

function drawPool(space: Space, pool: number, seed: number): unknown[] {
  const random = new Random(seed, 'pool of candidates');
  const seen = new Set<string>();
  return Array.from({ length: pool }, () => {
    const architecture = drawUnseen(space, random, seen);
    seen.add(space.format(architecture));
    return architecture;
  });
}

function candidatesFrom(space: Space, architectures: readonly unknown[], features: Candidates['features']): Candidates {
  const texts = architectures.map((architecture) => space.format(architecture));
  return { architectures, texts, indexOf: new Map(texts.map((text, index) => [text, index])), features };
}
