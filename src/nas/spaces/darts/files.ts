import type { ArchitectureFiles } from '../shared/architectureFiles.js';
import { parseGenotype } from './formats.js';
import type { Genotype } from './genotype.js';
import { parseSequence } from './import.js';

const FIELDS = ['normal', 'normal_concat', 'reduce', 'reduce_concat'];

/**
 * Genotypes as fields or as text, under `genotypes` or at the top; sequences of NAO, `{ arch }`, under `nao_sequences`.
 */
export const GENOTYPE_FILES: ArchitectureFiles<Genotype> = {
  kind: 'genotype',
  fields: FIELDS,
  entries(content) {
    const top = objectOf(content);
    const all = { ...objectOf(top.genotypes ?? content), ...objectOf(top.nao_sequences) };
    return new Map(Object.entries(all).filter(([, entry]) => isGenotype(entry)));
  },
  read(entry) {
    if (typeof entry === 'string') return parseGenotype(entry);
    const fields = objectOf(entry);
    if (typeof fields.arch === 'string') return parseSequence(fields.arch);
    return parseGenotype(JSON.stringify(Object.fromEntries(FIELDS.map((field) => [field, fields[field]]))));
  },
};

function isGenotype(entry: unknown): boolean {
  const fields = objectOf(entry);
  return (
    (typeof entry === 'string' && /^\s*(Genotype|\[)/.test(entry)) ||
    typeof fields.arch === 'string' ||
    FIELDS.every((field) => field in fields)
  );
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
