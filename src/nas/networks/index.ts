export type { Classifier, Mixture, NetworkMode, Supernet, SupernetOptions } from './classifier.js';
export type { Regularization, TrainingLogits } from './regularization.js';
