"""Bandwidths and densities of categorical data by statsmodels' KDEMultivariate, the estimator of HpBandSter's BOHB.

`spread`: every option is in the data and every bandwidth below (c - 1) / c; `missing`: options are missing, and a
bandwidth is above 1. Writes kernelDensity.json beside it.
"""

import json
import pathlib

import numpy as np
from statsmodels.nonparametric.api import KDEMultivariate

random = np.random.default_rng(0)
near = lambda size, n: np.where(random.random(n) < 0.8, 1, random.integers(size, size=n))
cases = {
    "spread": ([3, 4, 2], np.stack([near(3, 40), near(4, 40), near(2, 40)], 1)),
    "missing": ([5, 5, 3], np.stack([random.choice([0, 4], 14), random.integers(5, size=14), random.choice([0, 2], 14)], 1)),
}
result = {}
for name, (sizes, data) in cases.items():
    kde = KDEMultivariate(data=data, var_type="u" * len(sizes), bw="normal_reference")
    queries = np.array([[q % s for s in sizes] for q in range(8)])
    result[name] = {
        "sizes": sizes,
        "data": data.tolist(),
        "bandwidths": kde.bw.tolist(),
        "queries": queries.tolist(),
        "densities": [float(kde.pdf(query)) for query in queries],
    }
pathlib.Path(__file__).with_name("kernelDensity.json").write_text(json.dumps(result) + "\n")
