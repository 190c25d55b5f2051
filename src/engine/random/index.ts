export { philox4x32, purposeKey } from './philox.js';
export { Random } from './random.js';
