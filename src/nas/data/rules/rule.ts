import type { z } from 'zod';
import type { Compiler } from '../../../engine/runtime/compiler.js';
import type { ImageSet, ImageSplit } from '../images/imageSet.js';

/** A search source as data: an image set and how images are selected from its training images. */
export interface SourceSpecification {
  /** Name of the image set. */
  readonly set: string;
  /** Name of a source rule. */
  readonly rule: string;
  /** At most this many images, class-stratified. */
  readonly limit?: number;
  /** Rule `images`: the fraction of every class that is kept, above 0 and at most 1. */
  readonly fraction?: number;
  /** Rule `classes`: how many classes are drawn. */
  readonly classes?: number;
  /** The parameter of another rule, by its field. */
  readonly [parameter: string]: string | number | undefined;
}

/** The number that a rule takes: a field of a specification, and in its text `SET:RULE=NUMBER`. */
export interface RuleParameter {
  readonly field: string;
  /** Schema for study files, with a description. Optional, so that other rules can leave the field out. */
  readonly schema: z.ZodType<number | undefined>;
  /** What is wanted when the value, or its absence, is wrong; undefined when it is right. */
  wanted(value: number | undefined, specification: SourceSpecification): string | undefined;
}

/** Arguments of a rule's `draw`. */
export interface DrawContext {
  readonly set: ImageSet;
  readonly specification: SourceSpecification;
  readonly seed: number;
  /** An engine on the job's device, for rules that judge images by a model; absent where there is no device. */
  readonly engine?: () => Promise<Compiler>;
}

/** The images of a source: two halves without common images. */
export interface DrawnSource {
  readonly classes: readonly string[];
  /** For the weights. */
  readonly trainSplit: ImageSplit;
  /** For architectures or architecture parameters. */
  readonly validationSplit: ImageSplit;
  /** In words, for reports. */
  readonly description: string;
}

/** One way to make a search source from the training images of a set. */
export interface SourceRule {
  readonly name: string;
  /** Its text for help, with a sensible number: `SET:classes=5`. */
  readonly form: string;
  /** One sentence for documentation. */
  readonly description: string;
  /** Absent: it takes none. */
  readonly parameter?: RuleParameter;
  /** True: it reads pixels, not only labels. Counting the images of a source then needs the images, and the engine, too. */
  readonly readsPixels?: boolean;
  /**
   * Selects the images. The result depends only on the context, and never includes a test image.
   * @throws {SourceError} when the image set cannot meet the specification
   */
  draw(context: DrawContext): DrawnSource | Promise<DrawnSource>;
}
