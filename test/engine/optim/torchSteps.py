"""Parameters after every step of PyTorch's optimisers, for optimizers.test.ts.

pip install torch numpy
python test/engine/optim/torchSteps.py > test/engine/optim/torchSteps.json
"""

import json
import math

import torch

STEPS = 6
A = [0.5, -1.25, 2.0, 0.125, -0.75]
B = [[1.0, -2.0, 3.0], [0.5, 0.25, -0.75]]
CURVATURE = 1.5


def run(make, schedule, clip):
    a = torch.tensor(A, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(B, dtype=torch.float64, requires_grad=True)
    optimizer = make([a, b])
    steps = []
    for step in range(STEPS):
        optimizer.zero_grad()
        # Sum of p^2 over all parameters p, those of a weighted by CURVATURE.
        (CURVATURE * (a * a).sum() + (b * b).sum()).backward()
        norm = torch.nn.utils.clip_grad_norm_([a, b], clip if clip > 0 else math.inf)
        for group in optimizer.param_groups:
            group["lr"] = schedule(step)
        optimizer.step()
        steps.append({"norm": norm.item(), "a": a.tolist(), "b": [x for row in b.tolist() for x in row]})
    return steps


def cosine(step):
    """CosineAnnealingLR from 0.1 to 0.001."""
    return 0.001 + (0.1 - 0.001) * (1 + math.cos(math.pi * step / STEPS)) / 2


def constant(step):
    return 0.05


SGD = torch.optim.SGD
ADAM = torch.optim.Adam
print(
    json.dumps(
        {
            "torch": torch.__version__,
            "plain": run(lambda p: SGD(p, lr=1), constant, 0),
            "momentum": run(lambda p: SGD(p, lr=1, momentum=0.9, weight_decay=3e-2), cosine, 0),
            "nesterov": run(
                lambda p: SGD(p, lr=1, momentum=0.9, weight_decay=3e-2, nesterov=True), cosine, 5
            ),
            "adam": run(lambda p: ADAM(p, lr=1), constant, 0),
            "adam of architecture weights": run(
                lambda p: ADAM(p, lr=1, betas=(0.5, 0.999), weight_decay=1e-1), cosine, 3
            ),
        }
    )
)
