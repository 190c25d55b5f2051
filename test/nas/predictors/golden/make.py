"""Golden values of the predictors, from scikit-learn. Run: python make.py > predictors.json, then biome format --write predictors.json"""

import json
import sys

import numpy as np
import sklearn
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel
from sklearn.linear_model import BayesianRidge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor

random = np.random.default_rng(7)
# Numbers that float32 has exactly, so that both sides see the same features.
numbers = np.round(random.normal(size=(50, 4)) * 1024) / 1024
bits = random.integers(0, 2, size=(50, 3))
x = np.concatenate([numbers, bits], axis=1)
y = 3 * x[:, 0] - 2 * x[:, 4] + np.sin(2 * x[:, 1]) + 0.3 * random.normal(size=50) + 10
train, test = x[:40], x[40:]
targets = y[:40]
mean, scale = targets.mean(), targets.std()
standard = (targets - mean) / scale

golden = {
    "scikit-learn": sklearn.__version__,
    "train": train.tolist(),
    "targets": targets.tolist(),
    "test": test.tolist(),
}

# Where features split a node alike, any of them may be taken: rows fitted get the same, others get it of one feature.
golden["trees"] = []
for columns, depth, leaf in [(7, 1, 1), (7, 3, 1), (7, 4, 3), (7, 10, 1), (1, 4, 3), (1, 10, 1)]:
    tree = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=leaf, random_state=0).fit(train[:, :columns], targets)
    golden["trees"].append({
        "columns": columns, "depth": depth, "minLeaf": leaf,
        "fitted": tree.predict(train[:, :columns]).tolist(),
        "mean": tree.predict(test[:, :columns]).tolist() if columns == 1 or depth <= 3 else None,
    })

boosted = GradientBoostingRegressor(n_estimators=30, learning_rate=0.2, max_depth=2, random_state=0)
golden["boosting"] = {
    "rounds": 30, "learningRate": 0.2, "depth": 2, "lambda": 0,
    "mean": boosted.fit(train[:, :4], targets).predict(test[:, :4]).tolist(),
}

golden["knn"] = [
    {"neighbours": k, "weights": ours, "mean": KNeighborsRegressor(k, weights=theirs).fit(train, targets).predict(test).tolist()}
    for k in [1, 5]
    for ours, theirs in [("uniform", "uniform"), ("inverse", "distance")]
]

ridge = BayesianRidge(alpha_1=0, alpha_2=0, lambda_1=0, lambda_2=0, tol=1e-13, max_iter=10000).fit(train, standard)
prediction, deviation = ridge.predict(test, return_std=True)
golden["bayesianLinear"] = {
    "mean": (prediction * scale + mean).tolist(),
    # scikit-learn's has the noise in it.
    "deviation": (np.sqrt(deviation**2 - 1 / ridge.alpha_) * scale).tolist(),
}

signal, length, noise = 1.7, 1.3, 0.05
golden["gaussianProcess"] = {"signal": signal, "lengthScale": length, "noise": noise, "kernels": {}}
for name, kernel in [("rbf", RBF(length)), ("matern52", Matern(length, nu=2.5))]:
    process = GaussianProcessRegressor(ConstantKernel(signal) * kernel, alpha=signal * noise, optimizer=None).fit(train, standard)
    prediction, deviation = process.predict(test, return_std=True)
    likeliest = GaussianProcessRegressor(
        ConstantKernel(1, (1e-3, 1e3)) * kernel.__class__(1, (1e-2, 1e2), **({"nu": 2.5} if name == "matern52" else {}))
        + WhiteKernel(0.1, (1e-6, 10)),
        n_restarts_optimizer=10, random_state=0,
    ).fit(train, standard)
    golden["gaussianProcess"]["kernels"][name] = {
        "mean": (prediction * scale + mean).tolist(),
        "deviation": (deviation * scale).tolist(),
        "likeliestLogLikelihood": likeliest.log_marginal_likelihood_value_,
        "likeliestMean": (likeliest.predict(test) * scale + mean).tolist(),
    }

json.dump(golden, sys.stdout, indent=1)
