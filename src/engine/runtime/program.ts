import type { Cost } from '../graph/operation.js';
import type { ProgramDescription } from '../profile/describe.js';
import type { HostTimes, Profile, ProfileOptions } from '../profile/profile.js';

/** A number, or row-major elements, for every feed, by the feed's name. */
export type Feeds = Readonly<Record<string, number | ArrayLike<number>>>;

/** A compiled graph, run many times. Made by `Compiler.compile`. */
export interface Program {
  /** Host time of the last run. */
  readonly hostMilliseconds: HostTimes;
  /** Kernel dispatches of one run with all gates open. */
  readonly dispatchCount: number;
  /** Bytes of the buffers of this program alone; variables and workspaces are counted by the engine. */
  readonly memoryBytes: number;
  /** Multiply-adds, and bytes read and written at least, of one run. */
  readonly cost: Cost;

  /** Whether the graph has a feed of this name. */
  hasFeed(name: string): boolean;

  /**
   * Runs the program once: writes the feeds, encodes all dispatches in one pass, submits once. Returns before the device has
   * finished; later runs and reads follow in submission order.
   * @param feeds a number or row-major elements for every feed of the graph
   * @param times runs in the same submit, for timing runs that are shorter than the clock resolves
   * @throws {NasTransferError} when a feed is missing or unknown
   * @throws {ShapeError} when a feed has the wrong number of elements
   * @throws {DisposedError} when the program or its device has been disposed of
   * @throws {GpuError | DeviceLostError} when the device has failed before
   */
  run(feeds?: Feeds, times?: number): void;

  /**
   * Reads an output of the last run.
   * @returns its elements, row-major without padding
   * @throws {NasTransferError} when there is no output of this name
   * @throws {DisposedError} when the program or its device has been disposed of
   * @throws {GpuError | DeviceLostError} when the device has failed
   */
  read(name: string): Promise<Float32Array | Uint32Array>;

  /**
   * Runs once and times every dispatch on the device: by its timestamps, or without them by the host's clock around batches of
   * repetitions. Variables are updated once, as by `run`.
   * @throws as `run`
   * @throws {NasTransferError} when `options.clock` is 'timestamps' and the device has none
   * @throws the reason of `options.signal` when it is aborted
   */
  profile(feeds?: Feeds, options?: ProfileOptions): Promise<Profile>;

  /**
   * Dispatches and memory of the program, as plain data.
   * @throws {DisposedError} when the program has been disposed of
   */
  describe(): ProgramDescription;

  /** Frees the program's buffers. A second call does nothing. */
  dispose(): void;
}
