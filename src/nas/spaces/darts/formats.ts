import { readGenotype } from './flatFormat.js';
import type { Genotype } from './genotype.js';
import { readIntegers } from './integerFormats.js';
import { parseLiteral, unexpected } from './literal.js';

/**
 * Reads a genotype in any of these forms: `Genotype(...)` (or the same as JSON) with pairs, triples or lists by node, the integer
 * genomes of NSGA-Net, flat or nested, and the pairs of integers of NASLib.
 * @throws {ArchitectureError} with the position (from 0), got and wanted
 */
export function parseGenotype(text: string): Genotype {
  const literal = parseLiteral(text);
  if (literal.kind === 'record') return readGenotype(text, literal);
  if (literal.kind === 'list') return readIntegers(text, literal);
  return unexpected(text, literal.at, 'Genotype(normal=..., ...) or a list of integers');
}
