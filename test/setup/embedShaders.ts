// @ts-expect-error a plain module without types
import { embedShaders } from '../../scripts/embedShaders.mjs';

/** Tests run from the sources: bring the embedded shader texts up to date first. */
export default function setup(): void {
  embedShaders();
}
