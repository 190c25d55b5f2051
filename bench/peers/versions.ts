import { createRequire } from 'node:module';

/** Packages of the frameworks compared with. */
export const PEERS = { tfjs: '@tensorflow/tfjs-backend-webgpu', jaxjs: '@jax-js/jax' } as const;
export type PeerName = keyof typeof PEERS;

/** Version of a peer, undefined where it isn't installed. */
export function peerVersion(name: PeerName): string | undefined {
  try {
    const { resolve } = createRequire(new URL('package.json', import.meta.url));
    const entry = resolve(PEERS[name]);
    const root = entry.slice(0, entry.lastIndexOf(PEERS[name]) + PEERS[name].length);
    return createRequire(import.meta.url)(`${root}/package.json`).version as string;
  } catch {
    return undefined;
  }
}

/** @throws {RangeError} for an unknown peer, or one that is not installed */
export function checkPeers(names: readonly string[]): asserts names is PeerName[] {
  for (const name of names) {
    if (!(name in PEERS)) throw new RangeError(`--peers: got ${name}, wanted ${Object.keys(PEERS).join(', ')}`);
    if (!peerVersion(name as PeerName))
      throw new RangeError(`--peers: ${name} is not installed; run npm ci --prefix bench/peers`);
  }
}
