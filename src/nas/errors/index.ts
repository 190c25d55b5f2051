export { UnknownNameError } from './errors.js';
export { nearest } from './nearestName.js';
