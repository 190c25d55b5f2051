/** A module that registered own methods, spaces or source rules for a run. */
export interface PluginRecord {
  /** As the user named it: a path or the name of a package. */
  readonly module: string;
  /** First 12 hexadecimal digits of the SHA-256 of the module's file, without the files that it imports. */
  readonly digest: string;
  /** Names that it registered. */
  readonly methods: readonly string[];
  readonly spaces: readonly string[];
  readonly rules: readonly string[];
}
