export { Adam } from './adam.js';
export { constant, cosine, linear as linearSchedule, type Schedule } from './schedules.js';
export { Sgd } from './sgd.js';
