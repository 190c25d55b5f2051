export { correlateScores, judgedBy } from './correlate.js';
export { type EvaluatedScores, evaluateScores, scoreBatch } from './evaluate.js';
export type { Score, ScoreContext } from './score.js';
export { SCORE_NAMES, scoreByName } from './scores.js';
