const FREE = -1;

/** Distinct texts as concatenated bytes, with a hash table from a text to its index. */
export class PackedTexts {
  readonly length: number;
  private readonly bytes: Uint8Array;
  private readonly ends: Uint32Array;
  /** Indices by hash, with open addressing; load factor at most one half. */
  private readonly slots: Int32Array;

  /** @throws the error that `twice` makes of the indices of two equal texts */
  constructor(texts: readonly string[], twice: (first: number, second: number) => Error) {
    const encoder = new TextEncoder();
    this.length = texts.length;
    this.bytes = encoder.encode(texts.join(''));
    this.ends = new Uint32Array(texts.length);
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * texts.length + 1))).fill(FREE);
    let end = 0;
    texts.forEach((text, place) => {
      const encoded = encoder.encode(text);
      end += encoded.length;
      this.ends[place] = end;
      const slot = this.slotOf(encoded);
      if (this.slots[slot] !== FREE) throw twice(this.slots[slot], place);
      this.slots[slot] = place;
    });
  }

  get byteLength(): number {
    return this.bytes.byteLength + this.ends.byteLength + this.slots.byteLength;
  }

  at(place: number): string {
    return new TextDecoder().decode(this.bytes.subarray(this.begin(place), this.ends[place]));
  }

  /** The index of the text; -1 when it is not there. */
  find(text: string): number {
    return this.slots[this.slotOf(new TextEncoder().encode(text))];
  }

  private begin(place: number): number {
    return place === 0 ? 0 : this.ends[place - 1];
  }

  /** The slot of the text, or the free slot for it. */
  private slotOf(encoded: Uint8Array): number {
    let slot = hash(encoded) & (this.slots.length - 1);
    while (this.slots[slot] !== FREE && !this.holds(this.slots[slot], encoded))
      slot = (slot + 1) & (this.slots.length - 1);
    return slot;
  }

  private holds(place: number, encoded: Uint8Array): boolean {
    const begin = this.begin(place);
    if (this.ends[place] - begin !== encoded.length) return false;
    return encoded.every((byte, i) => this.bytes[begin + i] === byte);
  }
}

/** FNV-1a, 32 bits. */
function hash(bytes: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
