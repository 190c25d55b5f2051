export { defineShader } from './defineShader.js';
