export { type GraphShape, graphShape } from './adjacency.js';
export { ENCODING_NAMES, encode, encodeSpace, selectRows, withColumns } from './encodings.js';
export { PredictorError } from './errors.js';
export { type Judged, type Judging, judgePredictor, type PredictorResult } from './judge.js';
export type { EncodingName, Features, Prediction, Predictor, PredictorContext, Regressor } from './predictor.js';
export { PREDICTOR_NAMES, predictorByName } from './predictors.js';
