import { DisposedError, NasTransferError, ShapeError } from '../errors/errors.js';
import { decode, encode, storedElements } from '../graph/encoding.js';
import type { Gate, Value } from '../graph/graph.js';
import type { Cost } from '../graph/operation.js';
import { formatType, logicalSize, physicalSize, rowsOf, vectorsPerRow } from '../graph/types.js';
import type { Command } from '../kernels/command.js';
import type { Memory } from '../kernels/lowering.js';
import { readBuffer } from '../kernels/readBack.js';
import type { Location } from '../passes/locations.js';
import { describeProgram, type ProgramDescription } from '../profile/describe.js';
import { type HostTimes, type Profile, type ProfileOptions, profileDispatches } from '../profile/profile.js';
import { totalCost } from './cost.js';
import type { DeviceContext } from './deviceContext.js';
import type { ProgramPlan } from './plan.js';
import type { Feeds, Program } from './program.js';

/** What a program on a device consists of. */
export interface ProgramParts {
  /** One for every dispatch of the plan, in order. */
  readonly commands: readonly Command[];
  readonly plan: ProgramPlan;
  /** The buffer binding of a dispatch's memory. */
  readonly resource: (memory: Memory) => GPUBufferBinding;
  /** Buffers that belong to the program. */
  readonly buffers: readonly GPUBuffer[];
  readonly feedBuffer: GPUBuffer;
  /** First 4-byte word of each feed within `feedBuffer`. */
  readonly feeds: ReadonlyMap<string, { readonly value: Value; readonly base: number }>;
  readonly outputs: ReadonlyMap<
    string,
    { readonly value: Value; readonly location: Location; readonly buffer: GPUBuffer }
  >;
  /** Gradients that closed gates leave unwritten in part: cleared before every run. */
  readonly cleared: readonly GPUBuffer[];
  readonly onDispose: () => void;
}

/** A program on a device: a flat list of dispatches with their bind groups. */
export class DeviceProgram implements Program {
  hostMilliseconds: HostTimes = { encode: 0, submit: 0 };
  readonly dispatchCount: number;
  readonly memoryBytes: number;
  readonly cost: Cost;
  private commands: readonly Command[];
  private disposed = false;
  private readonly feedWords: ArrayBuffer;
  private readonly gated: boolean;

  private readonly parts: Omit<ProgramParts, 'commands'>;

  constructor(
    private readonly context: DeviceContext,
    { commands, ...parts }: ProgramParts,
  ) {
    const { buffers, feedBuffer } = parts;
    this.commands = commands;
    this.parts = parts;
    this.dispatchCount = commands.length;
    this.memoryBytes = buffers.reduce((sum, buffer) => sum + buffer.size, 0);
    this.cost = totalCost(commands);
    this.feedWords = new ArrayBuffer(feedBuffer.size);
    this.gated = commands.some(({ gate }) => gate);
  }

  hasFeed(name: string): boolean {
    return this.parts.feeds.has(name);
  }

  run(feeds: Feeds = {}, times = 1): void {
    const start = performance.now();
    this.prepare(feeds);
    const { device, queue } = this.context.gpu;
    const encoder = device.createCommandEncoder();
    for (const buffer of this.parts.cleared) encoder.clearBuffer(buffer);
    const pass = encoder.beginComputePass();
    const commands = this.gated ? this.commands.filter(this.openFor(feeds)) : this.commands;
    let bound: GPUComputePipeline | undefined;
    for (let time = 0; time < times; time++)
      for (const { pipeline, bindGroup, grid } of commands) {
        if (pipeline !== bound) pass.setPipeline(pipeline);
        bound = pipeline;
        pass.setBindGroup(0, bindGroup);
        pass.dispatchWorkgroups(grid[0], grid[1], grid[2]);
      }
    pass.end();
    const commandBuffer = encoder.finish();
    const encoded = performance.now();
    queue.submit([commandBuffer]);
    const submitted = performance.now();
    this.hostMilliseconds = { encode: encoded - start, submit: submitted - encoded };
    this.context.timeline?.add({ name: 'encode', startMilliseconds: start, milliseconds: encoded - start });
    this.context.timeline?.add({ name: 'submit', startMilliseconds: encoded, milliseconds: submitted - encoded });
  }

  async read(name: string): Promise<Float32Array | Uint32Array> {
    this.checkAlive();
    const output = this.parts.outputs.get(name);
    if (!output)
      throw new NasTransferError(
        `read: no output "${name}"; this program has ${[...this.parts.outputs.keys()].join(', ') || 'none'}`,
      );
    const { value, location, buffer } = output;
    const bytes = await readBuffer(this.context.gpu, buffer, location.base * 4, location.extent * 4);
    const source = storedElements(value.type, bytes, 0, bytes.byteLength / (value.dtype === 'f16' ? 2 : 4));
    const dense = source.slice(0, physicalSize(value.type));
    const width = vectorsPerRow(value.type) * 4;
    for (let row = 0; row < rowsOf(value.type); row++) {
      const start = (location.offset + row * location.stride) * 4;
      dense.set(source.subarray(start, start + width), row * width);
    }
    return decode(value.type, dense);
  }

  async profile(feeds: Feeds = {}, options: ProfileOptions = {}): Promise<Profile> {
    this.prepare(feeds);
    const isOpen = this.openFor(feeds);
    const commands = this.commands.filter(isOpen);
    const { plan, resource } = this.parts;
    const dispatches = plan.dispatches.filter((_, index) => isOpen(this.commands[index]));
    return profileDispatches(this.context.gpu, { dispatches, commands, resource }, options);
  }

  describe(): ProgramDescription {
    this.checkAlive();
    const pipelines = new Set(this.commands.map(({ pipeline }) => pipeline)).size;
    return describeProgram({ ...this.parts.plan, totalBytes: this.memoryBytes, pipelines });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const buffer of this.parts.buffers) buffer.destroy();
    // A reference to a disposed program must not keep its bind groups alive.
    this.commands = [];
    this.parts.onDispose();
  }

  /** Whether a command runs with these feeds: all commands do but those whose gate the feeds leave closed. */
  private openFor(feeds: Feeds): (command: Command) => boolean {
    const known = new Map<Gate, boolean>();
    return ({ gate }) => {
      if (!gate) return true;
      let open = known.get(gate);
      if (open === undefined) {
        const given = feeds[gate.feed];
        const data = typeof given === 'number' ? [given] : given;
        open = gate.elements.some((element) => data[element] !== 0);
        known.set(gate, open);
      }
      return open;
    };
  }

  private prepare(feeds: Feeds): void {
    this.checkAlive();
    this.context.gpu.check();
    for (const name of Object.keys(feeds))
      if (!this.parts.feeds.has(name))
        throw new NasTransferError(
          `run: feed "${name}" is not one of this program's: ${[...this.parts.feeds.keys()].join(', ') || 'none'}`,
        );
    for (const [name, { value, base }] of this.parts.feeds) {
      const given = feeds[name];
      if (given === undefined)
        throw new NasTransferError(`run: feed "${name}" is missing; wanted ${formatType(value.type)}`);
      const data = typeof given === 'number' ? [given] : given;
      if (data.length !== logicalSize(value.type))
        throw new ShapeError(`run: feed "${name}" got ${data.length} elements, wanted ${formatType(value.type)}`);
      encode(value.type, data, this.feedWords, base * 4);
    }
    if (this.parts.feeds.size > 0) this.context.gpu.queue.writeBuffer(this.parts.feedBuffer, 0, this.feedWords);
  }

  private checkAlive(): void {
    if (this.disposed) throw new DisposedError('program: used after dispose(); compile it again');
  }
}
