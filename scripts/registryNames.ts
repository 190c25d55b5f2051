// Writes runner/names/registryNames.ts: names and sizes from the registries, so that help need not load what it names.
// Run by `npx tsx scripts/registryNames.ts`; a test compares the file with what this writes.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sourceForms } from '../src/nas/data/index.js';
import { METHOD_NAMES } from '../src/nas/methods/index.js';
import { ENCODING_NAMES, PREDICTOR_NAMES } from '../src/nas/predictors/index.js';
import { SCORE_NAMES } from '../src/nas/scores/index.js';
import { type CountedSizes, DEFAULT_SPACE, SPACE_NAMES, spaceByName } from '../src/nas/spaces/index.js';

export const REGISTRY_NAMES_FILE = fileURLToPath(new URL('../runner/names/registryNames.ts', import.meta.url));

const LINE_WIDTH = 120;

/** As the formatter writes it. */
function list(name: string, values: readonly string[]): string {
  const line = `export const ${name}: readonly string[] = [${values.map(literal).join(', ')}];`;
  if (line.length <= LINE_WIDTH) return `${line}\n`;
  return `export const ${name}: readonly string[] = [\n${values.map((value) => `  ${literal(value)},\n`).join('')}];\n`;
}

const literal = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const sizes = ({ channels, cells }: CountedSizes) => `{ channels: ${channels}, cells: ${cells} }`;

function spaceEntry(name: string): string {
  const { sizes: of, regularized = false, files } = spaceByName(name);
  return `  {
    name: ${literal(name)},
    counted: ${sizes(of.counted)},
    imagenet: ${of.imagenet ? sizes(of.imagenet) : 'undefined'},
    regularized: ${regularized},
    files: ${files !== undefined},
  },
`;
}

/** The text of the file. */
export function registryNames(): string {
  return `// Written by scripts/registryNames.ts from the registries.

/** The facts about a space that help shows. */
export interface NamedSpace {
  readonly name: string;
  /** Sizes at which \`count\` counts by default. */
  readonly counted: NamedSizes;
  /** Those of the network for ImageNet; undefined: the space has none. */
  readonly imagenet: NamedSizes | undefined;
  /** Its networks have drop path and an auxiliary classifier. */
  readonly regularized: boolean;
  /** It reads files of architectures by name. */
  readonly files: boolean;
}

export interface NamedSizes {
  readonly channels: number;
  readonly cells: number;
}

${list('METHOD_NAMES', METHOD_NAMES)}${list('PREDICTOR_NAMES', PREDICTOR_NAMES)}${list('ENCODING_NAMES', ENCODING_NAMES)}${list('SCORE_NAMES', SCORE_NAMES)}${list('SOURCE_FORMS', sourceForms())}export const SPACES: readonly NamedSpace[] = [
${SPACE_NAMES.map(spaceEntry).join('')}];
export const SPACE_NAMES: readonly string[] = SPACES.map(({ name }) => name);
export const DEFAULT_SPACE = ${literal(DEFAULT_SPACE)};
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(REGISTRY_NAMES_FILE, registryNames());
