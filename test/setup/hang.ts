/** Milliseconds after which a test counts as hung. No machine is so slow: a limit never decides about what is tested. */
export const HANG_MS = 60 * 60_000;
