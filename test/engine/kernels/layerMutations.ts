import type { Mutation } from '../support/mutation.js';

/** Breaks of one character in the kernels of convolutions, pools and batch norm. */
export const layerMutations: readonly Mutation[] = [
  {
    shader: 'conv/conv2d',
    context: 'let xRow = i32(row) * params.xRowStep + params.xRowStart + i32(i) * params.tapRowStep;',
    broken: 'let xRow = i32(row) * params.xRowStep + params.xRowStart - i32(i) * params.tapRowStep;',
  },
  {
    shader: 'conv/conv2d',
    context: 'let xRow = i32(row) * params.xRowStep + params.xRowStart + i32(i) * params.tapRowStep;',
    broken: 'let xRow = i32(row) + params.xRowStep + params.xRowStart + i32(i) * params.tapRowStep;',
  },
  {
    shader: 'conv/conv2dSubgroups',
    context: 'let qColumn = (qStrip / params.spacing) * params.spacing * 4u + (qStrip % params.spacing);',
    broken: 'let qColumn = (qStrip / params.spacing) * params.spacing * 5u + (qStrip % params.spacing);',
  },
  {
    shader: 'conv/conv2dSubgroups',
    context: 'x2 = load(pixelPlace(pPlace, pStart + i32(k - 1u) * step), xVector + m);',
    broken: 'x2 = load(pixelPlace(pPlace, pStart + i32(k - 2u) * step), xVector + m);',
  },
  {
    shader: 'conv/conv2dQuads',
    context: 'let lane = subgroupExclusiveAdd(1u) & 3u;',
    broken: 'let lane = subgroupExclusiveAdd(1u) & 1u;',
  },
  {
    shader: 'conv/conv2dQuads',
    context: 'place5 = pixelPlace(place, shift + 5 * step);',
    broken: 'place5 = pixelPlace(place, shift + 4 * step);',
  },
  {
    shader: 'conv/conv2dTiled',
    context: 'let xTile = step % 2u * X_TILE;',
    broken: 'let xTile = step % 3u * X_TILE;',
  },
  {
    shader: 'conv/conv2dTiled',
    context: 'let tap = params.firstTap + i32(inner.i) * params.tapRowStride + i32(inner.j) * params.tapColumnStride;',
    broken: 'let tap = params.firstTap + i32(inner.i) * params.tapRowStride - i32(inner.j) * params.tapColumnStride;',
  },
  {
    shader: 'conv/conv2dTiled',
    context: 'let q = pixelOf(firstPixel + (local + WORKGROUP) / DEPTH);',
    broken: 'let q = pixelOf(firstPixel + (local - WORKGROUP) / DEPTH);',
  },
  {
    shader: 'conv/conv2dTiled',
    context: 'x7 = xTiles[xPlace + 7u * LINES * DEPTH];',
    broken: 'x7 = xTiles[xPlace + 6u * LINES * DEPTH];',
  },
  {
    shader: 'conv/conv2dWeightGradientTiled',
    context: 'let tap = index / params.rowVectors;',
    broken: 'let tap = index % params.rowVectors;',
  },
  {
    shader: 'conv/conv2dWeightGradientTiled',
    context: 'u3 += x1.w * dy0;',
    broken: 'u3 += x1.z * dy0;',
  },
  {
    shader: 'conv/conv2dWeightGradient',
    context: 'let column1 = select(column0, column0 + 1u, column + 1u < params.columnVectors);',
    broken: 'let column1 = select(column0, column0 + 1u, column - 1u < params.columnVectors);',
  },
  {
    shader: 'conv/conv2dWeightGradient',
    context: 'let dy0 = vec4f(dy[dyPlace + column0]);',
    broken: 'let dy0 = vec4f(dy[dyPlace - column0]);',
  },
  {
    shader: 'conv/depthwise',
    context: 'let yRow = image * params.yHeight + row * params.yRowStep + params.yRowStart;',
    broken: 'let yRow = image * params.yHeight + row * params.yRowStep - params.yRowStart;',
  },
  { shader: 'conv/depthwise', context: 'if (strip >= params.strips) {', broken: 'if (strip <= params.strips) {' },
  {
    shader: 'conv/depthwiseWeightGradient',
    context:
      'let xRow = i32(row % params.height) * params.rowStep + i32(tapRow) * params.tapRowStep + params.rowStart;',
    broken: 'let xRow = i32(row % params.height) * params.rowStep + i32(tapRow) + params.tapRowStep + params.rowStart;',
  },
  {
    shader: 'conv/depthwiseWeightGradient',
    context: 'for (var phase = 0u; phase < params.spacing; phase++) {',
    broken: 'for (var phase = 0u; phase > params.spacing; phase++) {',
  },
  {
    shader: 'conv/depthwiseWeightWindow',
    context: 's1 = multiplyAdd(s1, x2, e);',
    broken: 's1 = multiplyAdd(s1, x1, e);',
  },
  {
    shader: 'conv/depthwiseWeightWindow',
    context: 'place += params.spacing * params.dyStride;',
    broken: 'place -= params.spacing * params.dyStride;',
  },
  {
    shader: 'conv/depthwiseWindow',
    context: 'done += params.spacing;',
    broken: 'done -= params.spacing;',
  },
  { shader: 'conv/depthwiseWindow', context: 'result.t1 = sums.t0;', broken: 'result.t1 = sums.t1;' },
  {
    shader: 'conv/grouped',
    context: 'y[params.yOffset + pixel * params.yStride + vector] = sum;',
    broken: 'y[params.yOffset + pixel * params.yStride - vector] = sum;',
  },
  {
    shader: 'conv/grouped',
    context: 'let tap = params.wOffset * 4u + (i * params.tapColumns + j) * params.wRows * params.wStride * 4u;',
    broken: 'let tap = params.wOffset * 4u + (i + params.tapColumns + j) * params.wRows * params.wStride * 4u;',
  },
  {
    shader: 'conv/groupedWeightGradient',
    context: 'let inside = row >= 0 && row < i32(params.xHeight) && column >= 0 && column < i32(params.xWidth);',
    broken: 'let inside = row >= 0 && row < i32(params.xHeight) && column <= 0 && column < i32(params.xWidth);',
  },
  {
    shader: 'conv/groupedWeightGradient',
    context: 'let gradient = dy[(params.dyOffset + dyPixel * params.dyStride) * 4u + channel];',
    broken: 'let gradient = dy[(params.dyOffset + dyPixel * params.dyStride) * 4u - channel];',
  },
  {
    shader: 'norm/fixedFactors',
    context: 'shift = beta[params.betaOffset + vector];',
    broken: 'shift = beta[params.betaOffset - vector];',
  },
  {
    shader: 'norm/fixedFactors',
    context: 'var scale = inverseSqrt(variance[params.varianceOffset + vector] + params.epsilon);',
    broken: 'var scale = inverseSqrt(variance[params.varianceOffset - vector] + params.epsilon);',
  },
  {
    shader: 'norm/fixedStatisticsGradient',
    context:
      'dvariance[params.dvarianceOffset + vector] = -0.5 * scale * inverse * dgamma[params.dgammaOffset + vector];',
    broken:
      'dvariance[params.dvarianceOffset + vector] = -0.5 * scale + inverse * dgamma[params.dgammaOffset + vector];',
  },
  {
    shader: 'norm/fixedStatisticsGradient',
    context: 'let inverse = inverseSqrt(variance[params.varianceOffset + vector] + params.epsilon);',
    broken: 'let inverse = inverseSqrt(variance[params.varianceOffset + vector] - params.epsilon);',
  },
  {
    shader: 'norm/gradientSums',
    context: 'products += g * centred;',
    broken: 'products -= g * centred;',
  },
  {
    shader: 'norm/gradientSums',
    context: 'g = select(vec4f(0.0), g, centred * scale + shift > vec4f(0.0));',
    broken: 'g = select(vec4f(0.0), g, centred * scale - shift > vec4f(0.0));',
  },
  {
    shader: 'norm/inputGradient',
    context: 'g = select(vec4f(0.0), g, centred * a + shift > vec4f(0.0));',
    broken: 'g = select(vec4f(0.0), g, centred * a + shift < vec4f(0.0));',
  },
  {
    shader: 'norm/inputGradient',
    context: 'let a = factors[params.vectors + vector];',
    broken: 'let a = factors[params.vectors - vector];',
  },
  {
    shader: 'norm/mergeGradientSums',
    context: 'factors[2u * params.vectors + vector] = vec4f(0.0);',
    broken: 'factors[2u * params.vectors - vector] = vec4f(0.0);',
  },
  {
    shader: 'norm/mergeGradientSums',
    context: 'factors[3u * params.vectors + vector] = -a * sum / f32(params.rows);',
    broken: 'factors[3u * params.vectors + vector] = -a + sum / f32(params.rows);',
  },
  {
    shader: 'norm/mergeStatistics',
    context: 'var scale = inverseSqrt(spread + params.epsilon);',
    broken: 'var scale = inverseSqrt(spread - params.epsilon);',
  },
  {
    shader: 'norm/mergeStatistics',
    context: 'let difference = partial[chunk * 2u * params.vectors + vector] - average;',
    broken: 'let difference = partial[chunk * 2u + params.vectors + vector] - average;',
  },
  {
    shader: 'norm/normalise',
    context: 'let shift = factors[2u * params.vectors + vector];',
    broken: 'let shift = factors[2u * params.vectors - vector];',
  },
  {
    shader: 'norm/normalise',
    context: 'y[params.yOffset + row * params.yStride + vector] = result;',
    broken: 'y[params.yOffset + row * params.yStride - vector] = result;',
  },
  {
    shader: 'norm/statistics',
    context: 'if (index >= params.chunks * params.vectors) {',
    broken: 'if (index <= params.chunks * params.vectors) {',
  },
  {
    shader: 'norm/statistics',
    context: 'let distance = x[params.xOffset + row * params.xStride + vector] - first;',
    broken: 'let distance = x[params.xOffset + row * params.xStride - vector] - first;',
  },
  {
    shader: 'norm/statisticsGradient',
    context: 'let start = (index / params.vectors) * params.chunkStart;',
    broken: 'let start = (index * params.vectors) * params.chunkStart;',
  },
  {
    shader: 'norm/statisticsGradient',
    context: 'dx[params.dxOffset + row * params.dxStride + vector] = (even + spread * centred) / f32(params.rows);',
    broken: 'dx[params.dxOffset + row * params.dxStride + vector] = (even + spread * centred) * f32(params.rows);',
  },
  {
    shader: 'norm/updateRunningStatistics',
    context: 'let keep = 1.0 - params.momentum;',
    broken: 'let keep = 1.0 + params.momentum;',
  },
  {
    shader: 'norm/updateRunningStatistics',
    context: 'let m = params.runningMeanOffset + vector;',
    broken: 'let m = params.runningMeanOffset - vector;',
  },
  {
    shader: 'pool/averagePool',
    context: 'if (index >= params.images * params.strips * u32(params.outputWidth) * params.vectors) {',
    broken: 'if (index >= params.images * params.strips + u32(params.outputWidth) * params.vectors) {',
  },
  {
    shader: 'pool/averagePool',
    context: 'let pixel = u32((image * params.outputHeight + row) * params.outputWidth + column);',
    broken: 'let pixel = u32((image + params.outputHeight + row) * params.outputWidth + column);',
  },
  {
    shader: 'pool/averagePool3x3',
    context: 'let nearestRow = clamp(xRow, 0, params.xHeight - 1);',
    broken: 'let nearestRow = clamp(xRow, 0, params.xHeight - 2);',
  },
  {
    shader: 'pool/averagePool3x3',
    context: 'let nearest = clamp(columns3, vec3i(0), vec3i(params.xWidth - 1));',
    broken: 'let nearest = clamp(columns3, vec3i(0), vec3i(params.xWidth - 2));',
  },
  {
    shader: 'pool/averagePoolGradient',
    context: 'for (var i = 0; i < windowsHeight; i++) {',
    broken: 'for (var i = 1; i < windowsHeight; i++) {',
  },
  {
    shader: 'pool/averagePoolGradient',
    context: 'for (var row = startRow; row < endRow; row++) {',
    broken: 'for (var row = startRow; row > endRow; row++) {',
  },
  {
    shader: 'pool/maxPool',
    context: 'let value = x[params.xOffset + u32(line + nearestColumn) * params.xStride + vector];',
    broken: 'let value = x[params.xOffset + u32(line + nearestColumn) * params.xStride - vector];',
  },
  {
    shader: 'pool/maxPool',
    context: 'let inputRow = firstRow + r * dilationHeight;',
    broken: 'let inputRow = firstRow - r * dilationHeight;',
  },
  {
    shader: 'pool/maxPool3x3',
    context: 'if (index >= params.images * params.strips * u32(params.yWidth) * params.vectors) {',
    broken: 'if (index <= params.images * params.strips * u32(params.yWidth) * params.vectors) {',
  },
  {
    shader: 'pool/maxPool3x3',
    context: 'let isThird = (third > below) & vec4<bool>(isRow && inside.z);',
    broken: 'let isThird = (third < below) & vec4<bool>(isRow && inside.z);',
  },
  {
    shader: 'pool/maxPool3x3Gradient',
    context: 'for (var c = 0; c < 3; c++) {',
    broken: 'for (var c = 1; c < 3; c++) {',
  },
  {
    shader: 'pool/maxPool3x3Gradient',
    context: 'let nearestRow = clamp(yRow, 0, params.yHeight - 1);',
    broken: 'let nearestRow = clamp(yRow, 0, params.yHeight + 1);',
  },
  {
    shader: 'pool/maxPoolGradient',
    context: 'let outputRow = paddedRow / strideHeight - i;',
    broken: 'let outputRow = paddedRow * strideHeight - i;',
  },
  {
    shader: 'pool/maxPoolGradient',
    context: 'dx[params.dxOffset + pixel * params.dxStride + vector] = sum;',
    broken: 'dx[params.dxOffset - pixel * params.dxStride + vector] = sum;',
  },
];
