export type { Classifier, NetworkMode, Supernet, SupernetOptions } from './classifier.js';
