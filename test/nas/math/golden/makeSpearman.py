"""Writes spearman.json beside this file: rank correlations with ties as SciPy computes them."""

import json
import pathlib

import numpy
import scipy
from scipy import stats

random = numpy.random.default_rng(5)
cases = []
for count, values in [(2, 100), (3, 3), (10, 4), (25, 1000), (40, 3), (200, 30)]:
    x = random.integers(0, values, count) / 4
    y = numpy.round(x * random.normal(1, 1, count) + random.normal(0, 1, count), 1)
    cases.append({"x": x.tolist(), "y": y.tolist(), "spearman": stats.spearmanr(x, y).statistic.item()})
out = pathlib.Path(__file__).with_name("spearman.json")
out.write_text(json.dumps({"scipy": scipy.__version__, "cases": cases}) + "\n")
