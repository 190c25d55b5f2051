/**
 * Errors of the engine. Every one has a `code` that scripts may rely on; messages name the operation, the argument,
 * what was got and what was wanted, and what to do.
 */
export class NasTransferError extends Error {
  readonly code: string = 'error';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Shapes of inputs that do not fit an operation. */
export class ShapeError extends NasTransferError {
  override readonly code = 'shape';
}

/** An attribute outside its range. */
export class AttributeError extends NasTransferError {
  override readonly code = 'attribute';
}

/** A value of the wrong element type. */
export class DTypeError extends NasTransferError {
  override readonly code = 'dtype';
}

/** Values of different graphs, or variables of different devices, in one computation. */
export class OwnershipError extends NasTransferError {
  override readonly code = 'ownership';
}

/** Something used after its dispose(). */
export class DisposedError extends NasTransferError {
  override readonly code = 'disposed';
}

/** A program needs more memory than the adapter, or the limit given, allows. */
export class MemoryLimitError extends NasTransferError {
  override readonly code = 'memory-limit';
}

/** No usable adapter, or one that lacks a required limit. */
export class AdapterError extends NasTransferError {
  override readonly code = 'adapter';
}

/** WebGPU reported an error that no scope caught: results after it can't be trusted. */
export class GpuError extends NasTransferError {
  override readonly code = 'gpu';
}

/** The device was lost. */
export class DeviceLostError extends NasTransferError {
  override readonly code = 'device-lost';
}
