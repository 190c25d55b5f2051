/**
 * Base of all errors of this library. Each class has a `code` that scripts can rely on. Messages name the operation and the argument,
 * what it got, what it wanted, and what to do.
 */
export class NasTransferError extends Error {
  /** Names the class; does not change between versions. */
  readonly code: string = 'error';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An input of a shape that the operation does not accept, or data of the wrong number of elements. */
export class ShapeError extends NasTransferError {
  override readonly code = 'shape';
}

/** An attribute or argument outside its range. */
export class AttributeError extends NasTransferError {
  override readonly code = 'attribute';
}

/** A value of an element type that the operation does not accept. */
export class DTypeError extends NasTransferError {
  override readonly code = 'dtype';
}

/** Values of different graphs, or variables of different engines, in one computation; or a stale value of a variable. */
export class OwnershipError extends NasTransferError {
  override readonly code = 'ownership';
}

/** An object was used after its dispose(), or a variable set without a buffer. */
export class DisposedError extends NasTransferError {
  override readonly code = 'disposed';
}

/** A program or variable set needs more memory than the device or the given limit allows. */
export class MemoryLimitError extends NasTransferError {
  override readonly code = 'memory-limit';
}

/** There is no usable adapter, or it lacks a required limit. */
export class AdapterError extends NasTransferError {
  override readonly code = 'adapter';
}

/** WebGPU reported an uncaptured error, or a shader did not compile. Later results of the device are not valid. */
export class GpuError extends NasTransferError {
  override readonly code = 'gpu';
}

/** The device was lost; nothing on it can be read any more. */
export class DeviceLostError extends NasTransferError {
  override readonly code = 'device-lost';
}
