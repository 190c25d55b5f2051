import type { Gpu } from '../device/gpu.js';
import { shaderSources } from '../kernels/shaderSources.js';
import { sha256 } from './digest.js';
import type { TuningRecord } from './record.js';

/** To be incremented when the meaning of a variant's name changes without a change of its shader. */
const VARIANTS_VERSION = 1;

/** The adapter, driver and kernels that a tuning is valid for. */
export interface TuningIdentity {
  readonly adapter: Readonly<Record<string, string>>;
  /** Hash of the shaders. */
  readonly kernels: string;
}

/** A saved tuning, as JSON data. */
export interface SavedTuning extends TuningIdentity {
  readonly format: 1;
  readonly records: readonly TuningRecord[];
}

/** A store of tunings, one for each adapter and driver. */
export interface TuningStore {
  /** Reads an entry, which need not be valid. @returns undefined when there is none @throws when it cannot be read */
  read(name: string): Promise<unknown>;
  /** Writes an entry, replacing an earlier one. */
  write(name: string, tuning: SavedTuning): Promise<void>;
  /** Removes an entry; does nothing where there is none. */
  remove(name: string): Promise<void>;
}

/** Result of `loadTuning`. */
export interface LoadedTuning {
  /** Empty when there is no valid tuning. */
  readonly records: readonly TuningRecord[];
  /** Why the saved tuning is not used. */
  readonly problem?: string;
}

/** Loads the saved tuning for a device's adapter and driver and the current kernels. Does not reject: see `problem`. */
export async function loadTuning(gpu: Pick<Gpu, 'info'>, store: TuningStore): Promise<LoadedTuning> {
  const identity = await identityOf(gpu);
  let saved: unknown;
  try {
    saved = await store.read(await nameOf(identity));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { records: [], problem: `the tuning of this adapter can't be read and is not used: ${reason}` };
  }
  if (saved === undefined) return { records: [] };
  if (!isSaved(saved)) return { records: [], problem: 'the tuning of this adapter is damaged and not used' };
  const same = JSON.stringify(saved.adapter) === JSON.stringify(identity.adapter);
  if (!same || saved.kernels !== identity.kernels)
    return { records: [], problem: 'the tuning of this adapter is for other kernels and not used' };
  return { records: saved.records };
}

/** Saves records as the tuning of a device's adapter and driver, replacing an earlier one. @throws when the store cannot write */
export async function saveTuning(
  gpu: Pick<Gpu, 'info'>,
  store: TuningStore,
  records: readonly TuningRecord[],
): Promise<void> {
  const identity = await identityOf(gpu);
  await store.write(await nameOf(identity), { format: 1, ...identity, records });
}

/** Removes the saved tuning of a device's adapter and driver. @throws when the store cannot remove it */
export async function removeTuning(gpu: Pick<Gpu, 'info'>, store: TuningStore): Promise<void> {
  await store.remove(await nameOf(await identityOf(gpu)));
}

async function identityOf({ info }: Pick<Gpu, 'info'>): Promise<TuningIdentity> {
  const { kind, name, vendor, architecture, driver, backend = '' } = info;
  const shaders = Object.entries(shaderSources).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    adapter: { kind, name, vendor, architecture, driver, backend },
    kernels: await sha256(JSON.stringify([VARIANTS_VERSION, shaders])),
  };
}

/** Name of a tuning, for adapter and driver only, so that a tuning for older kernels is replaced. */
async function nameOf({ adapter }: TuningIdentity): Promise<string> {
  return (await sha256(JSON.stringify(adapter))).slice(0, 16);
}

function isSaved(value: unknown): value is SavedTuning {
  const saved = value as Partial<SavedTuning> | null;
  return saved?.format === 1 && Array.isArray(saved.records) && saved.records.every(isRecord);
}

function isRecord(value: unknown): value is TuningRecord {
  const record = value as Partial<TuningRecord> | null;
  return (
    [record?.key, record?.measuredOn, record?.usual, record?.chosen].every((text) => typeof text === 'string') &&
    [record?.times, record?.rejected].every(Array.isArray)
  );
}
