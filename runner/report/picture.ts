import { isConnected } from '../../src/nas/spaces/index.js';
import { cellDot, cellText, hasNoConvolution, readCell } from './cellGraph.js';
import { genotypeDot, genotypeText, normalLearnsNothing, readGenotype } from './genotypeGraph.js';

/** An architecture for readers: as a graph, in words, and what is wrong with it. */
export interface Picture {
  /** Graphviz' DOT language. */
  readonly dot: string;
  readonly text: string;
  readonly warnings: readonly string[];
  /** It needs the whole width of a page. */
  readonly wide: boolean;
}

/** The picture of an architecture; null where its space has none, and for text that is no architecture. */
export function pictureOf(space: string, architecture: string): Picture | null {
  const cell = readCell(space, architecture);
  if (cell) {
    const warnings = [
      hasNoConvolution(cell) && 'no convolution: nothing in it learns',
      !isConnected(cell) && 'the input does not reach the output',
    ];
    return {
      dot: cellDot(cell),
      text: cellText(cell),
      warnings: warnings.filter((warning) => warning !== false),
      wide: false,
    };
  }
  const genotype = readGenotype(space, architecture);
  if (!genotype) return null;
  const warnings = normalLearnsNothing(genotype)
    ? ['no convolution in the normal cell: nothing in it learns but what fits its inputs']
    : [];
  return { dot: genotypeDot(genotype), text: genotypeText(genotype), warnings, wide: true };
}
