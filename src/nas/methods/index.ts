export { METHOD_NAMES, methodByName } from './methods.js';
