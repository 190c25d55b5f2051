"""NASWOT, Zen and linear regions of the networks of make.py in PyTorch, in float64.

Scores follow 2006.04647 (equation 2), 2102.01063 (algorithm 1) and 2102.11535 (section 3.2.2). Random numbers are formulas that
activations.test.ts computes too, rounded to float32.

activations.json was made with torch 2.15.0:

python test/nas/scores/golden/make_activations.py > test/nas/scores/golden/activations.json
npx biome format --write test/nas/scores/golden/activations.json
"""

import json
import math

import make
import numpy as np
import torch
import torch.nn.functional as F

ARCHITECTURES = [
    *make.ARCHITECTURES,
    "|none~0|+|skip_connect~0|avg_pool_3x3~1|+|none~0|none~1|skip_connect~2|",
]
REGION_SIZE, REGION_INPUTS = 4, 1000


class Recorder:
    """Keeps what every ReLU puts out, as a hook on the modules of a network does."""

    def __enter__(self):
        self.relu, self.outputs = F.relu, []
        F.relu = self.record
        return self.outputs

    def record(self, x):
        self.outputs.append(self.relu(x))
        return self.outputs[-1]

    def __exit__(self, *_):
        F.relu = self.relu


def exact(values):
    return torch.tensor(values.astype(np.float32).astype(np.float64))


def naswot(architecture):
    with torch.no_grad(), Recorder() as outputs:
        make.Network(architecture).forward(make.images())
    kernel = np.zeros((make.BATCH, make.BATCH))
    for output in outputs:
        code = (output > 0).double().flatten(1).numpy()
        kernel += code @ code.T + (1 - code) @ (1 - code).T
    sign, logarithm = np.linalg.slogdet(kernel)
    return logarithm if sign > 0 else None


class NormalNetwork(make.Network):
    """Weights of unit variance; batch norm keeps running variances."""

    def __init__(self, architecture):
        super().__init__(architecture)
        self.variances = {}

    def get(self, name, shape):
        if len(shape) > 1 and name not in self.weights:
            weight = exact(math.sqrt(2) * make.wave(name, math.prod(shape))).reshape(shape)
            self.weights[name] = weight.permute(3, 2, 0, 1).contiguous() if len(shape) == 4 else weight
        return super().get(name, shape)

    def norm(self, name, x):
        gamma, beta = self.get(f"{name}/gamma", [x.shape[1]]), self.get(f"{name}/beta", [x.shape[1]])
        variance = self.variances.setdefault(name, torch.ones(x.shape[1]))
        return F.batch_norm(x, torch.zeros(x.shape[1]), variance, gamma, beta, training=True, momentum=0.1)


def zen(architecture):
    network = NormalNetwork(architecture)
    shape = (make.BATCH, make.SIZE, make.SIZE, 3)
    x, e = (
        exact(math.sqrt(2) * make.wave(name, math.prod(shape))).reshape(shape).permute(0, 3, 1, 2)
        for name in ("images", "disturbance")
    )
    features = []
    for images in (x, x + 0.01 * e):
        with torch.no_grad(), Recorder() as outputs:
            network.forward(images)
        features.append(outputs[-1])
    movement = (features[0] - features[1]).abs().sum((1, 2, 3)).mean()
    deviations = sum(torch.log(torch.sqrt(variance.mean())) for variance in network.variances.values())
    return (torch.log(movement) + deviations).item()


def region_inputs():
    n, y, x, c = np.ogrid[:REGION_INPUTS, :REGION_SIZE, :REGION_SIZE, :3]
    values = np.sin(1.3 * n) + 0.3 * np.sin(0.017 * n * n + y) + 0.3 * np.sin(0.023 * n * n + 1.7 * x + c)
    return exact(values).permute(0, 3, 1, 2)


def regions(architecture):
    make.CHANNELS = 1
    with torch.no_grad(), Recorder() as outputs:
        make.Network(architecture).forward(region_inputs())
    make.CHANNELS = 4
    codes = [(o > 0).flatten(1) for o in outputs if o.shape[-1] == REGION_SIZE]
    return len(torch.unique(torch.cat(codes, 1), dim=0))


print(
    json.dumps(
        [
            {"architecture": a, "naswot": naswot(a), "zen": zen(a), "linearRegions": regions(a)}
            for a in ARCHITECTURES
        ],
        indent=2,
    )
)
