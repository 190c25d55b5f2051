/** Something that holds memory on the device until it is disposed of. */
export interface Disposable {
  dispose(): void;
}

/**
 * Owns resources that are freed together. An object that allocates in several steps does so inside `ResourceScope.create`, keeps
 * the scope and disposes of it in its own `dispose`.
 */
export class ResourceScope implements Disposable {
  private readonly owned: Disposable[] = [];

  /**
   * Makes an object whose resources one scope owns. When `make` fails, everything that the scope owns by then is freed.
   * @throws what `make` throws
   */
  static async create<T>(make: (scope: ResourceScope) => T | Promise<T>): Promise<T> {
    const scope = new ResourceScope();
    try {
      return await make(scope);
    } catch (error) {
      scope.dispose();
      throw error;
    }
  }

  /** Adds a resource. @returns the resource */
  own<T extends Disposable>(resource: T): T {
    this.owned.push(resource);
    return resource;
  }

  /** Adds a function that frees something; register it before the allocation that may fail halfway. */
  defer(free: () => void): void {
    this.owned.push({ dispose: free });
  }

  /** Frees the resources, last added first, all of them even when one throws. A second call does nothing. @throws the first error */
  dispose(): void {
    const errors: unknown[] = [];
    for (const resource of this.owned.splice(0).reverse()) {
      try {
        resource.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
