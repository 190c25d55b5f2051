export { Adam, type AdamSettings } from './adam.js';
export { Optimizer, type OptimizerSettings } from './optimizer.js';
export { constant, cosine, linear as linearSchedule, type Schedule, type ScheduleSettings } from './schedules.js';
export { Sgd, type SgdSettings } from './sgd.js';
