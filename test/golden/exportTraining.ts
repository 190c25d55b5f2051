// Prints the weights, images and batches that makeTraining.py trains with.
// npx tsx test/golden/exportTraining.ts > inputs.json
import { trainingInputs } from './problems.js';

console.log(JSON.stringify(trainingInputs()));
