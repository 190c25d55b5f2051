export { backpropagate, gradients } from './autodiff.js';
