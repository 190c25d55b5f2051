import { methodByName, registerMethod } from '../../../src/nas/methods/index.js';

// A method of its own name that does what random search does: its results are known.
registerMethod({ ...methodByName('random'), name: 'own-random' });
