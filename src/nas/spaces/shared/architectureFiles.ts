/** JSON files that hold several architectures by name, as other projects publish them. */
export interface ArchitectureFiles<Architecture = unknown> {
  /** What such a file holds, in the singular: `genotype`. */
  readonly kind: string;
  /** The fields of an entry, for help and errors. */
  readonly fields: readonly string[];
  /** The entries of a parsed file that look like architectures, by name. */
  entries(content: unknown): ReadonlyMap<string, unknown>;
  /** @throws {ArchitectureError} when the entry is no architecture, or has operations that are not implemented */
  read(entry: unknown): Architecture;
}
