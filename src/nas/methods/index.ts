export { METHOD_NAMES, methodByName, registerMethod } from './methods.js';
