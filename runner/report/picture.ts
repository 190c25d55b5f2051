import { ArchitectureError, drawingDot, drawingText, SPACE_NAMES, spaceByName } from '../../src/nas/spaces/index.js';

/** An architecture as a graph and as text, with warnings. */
export interface Picture {
  /** Graphviz' DOT language. */
  readonly dot: string;
  readonly text: string;
  readonly warnings: readonly string[];
  /** Whether it needs the whole width of a page. */
  readonly wide: boolean;
}

/** Picture of an architecture; null for unknown spaces and for text that is no architecture. */
export function pictureOf(space: string, architecture: string): Picture | null {
  if (!SPACE_NAMES.includes(space)) return null;
  const { draw, parse } = spaceByName(space);
  try {
    const drawing = draw(parse(architecture));
    const { warnings, cells } = drawing;
    return { dot: drawingDot(drawing, 'page'), text: drawingText(drawing), warnings, wide: cells.length > 1 };
  } catch (error) {
    if (error instanceof ArchitectureError) return null;
    throw error;
  }
}
