/** Things to be disposed of together: at the end, or at once when one of them can't be made. */
export class Holder {
  private readonly held: { dispose(): void }[] = [];

  hold<T extends { dispose(): void }>(thing: T): T {
    this.held.push(thing);
    return thing;
  }

  /** Last made, first disposed of; a second call does nothing. */
  dispose(): void {
    for (const thing of this.held.splice(0).reverse()) thing.dispose();
  }
}
