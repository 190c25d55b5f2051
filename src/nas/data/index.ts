export { CIFAR_EDGE, CIFAR10, CIFAR100, type CifarLayout, joinSplits, parseCifarBinary } from './images/cifarBinary.js';
export { DataError, type DataFault, SourceError } from './images/errors.js';
export {
  type IdxHeader,
  type IdxImages,
  idxSplit,
  parseIdxHeader,
  parseIdxImages,
  parseIdxLabels,
} from './images/idx.js';
export type { ImageSet, ImageSplit } from './images/imageSet.js';
export { chanceAccuracy, type LinearClassifierOptions, linearClassifierAccuracy } from './images/linear.js';
export { type PackedDescription, packedLength, parsePacked, parsePackedDescription } from './images/packed.js';
export { indicesByClass, subset, takeImages, validationSplit } from './images/selection.js';
export { type ChannelStatistics, channelStatistics, classCounts } from './images/statistics.js';
export { fitImages, type ImageFit, type ImageShape, resizePixels, toGrey, toRgb } from './images/transform.js';
export { validationSet, validationSetName, validationSetOf } from './images/validationSet.js';
export { type DrawnHalves, drawHalves, halvesOf, randomLabels, withRandomLabels } from './rules/halves.js';
export type { DrawContext, DrawnSource, RuleParameter, SourceRule, SourceSpecification } from './rules/rule.js';
export { DEFAULT_RULE, findSourceRule, registerSourceRule, SOURCE_RULES, sourceForms } from './rules/rules.js';
export { checkSource, formatSource, parseSource } from './sourceSpecification.js';
export { makeSource, type Source, type SourceContext, sourceCounts } from './sources.js';
