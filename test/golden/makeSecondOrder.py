"""The gradient of second-order DARTS (1806.09055, section 2.3) in PyTorch, in float64.

On the supernets of makeTraining.py by the paper's finite difference (equations 7 and 8); on a smooth tiny model, whose gradient has no
jumps, also exactly: the validation loss at w' = w - xi (mu v + grad L_train + d w) differentiated through w'. v is 0.1 w.

pip install torch numpy
npx tsx test/golden/exportTraining.ts > inputs.json
python test/golden/makeSecondOrder.py inputs.json > test/golden/secondOrder.json
npx biome format --write test/golden/secondOrder.json
"""

import json
import sys

import torch
import torch.nn.functional as F
from makeTraining import DartsSupernet, Images, Supernet, parameters, rounded


def second_order(weights, alphas, loss, sgd):
    """loss(weights as a list, part) depends on alphas. Returns validation loss, exact and difference gradients."""
    rate, start, tables = sgd["learningRate"], list(weights.values()), list(alphas.values())
    first = torch.autograd.grad(loss(start, "weights"), start, create_graph=True)
    unrolled = [
        w - rate * (sgd["momentum"] * 0.1 * w.detach() + g + sgd["weightDecay"] * w) for w, g in zip(start, first)
    ]
    validation = loss(unrolled, "alphas")
    exact = torch.autograd.grad(validation, tables)

    moved = [w.detach().requires_grad_() for w in unrolled]
    gradients = torch.autograd.grad(loss(moved, "alphas"), moved + tables)
    direction, direct = gradients[: len(moved)], gradients[len(moved) :]
    radius = 0.01 / torch.sqrt(sum((g * g).sum() for g in direction))
    above, below = (
        torch.autograd.grad(loss([w + sign * radius * g for w, g in zip(start, direction)], "weights"), tables)
        for sign in (1, -1)
    )
    difference = [d - rate * (a - b) / (2 * radius) for d, a, b in zip(direct, above, below)]
    flat = lambda each: [value for table in each for value in table.flatten().tolist()]
    return {
        "loss": validation.item(),
        "exact": flat(exact),
        "difference": flat(difference),
        "firstOrderPart": flat(direct),
    }


def supernet(problem, build):
    protocol = problem["protocol"]
    weights, alphas = parameters(problem["weights"]), parameters(problem["alphas"])
    reference = problem["images"]["weights"]
    batches = {
        part: Images(split, protocol["imageSize"], reference).batch(problem["batches"][part][0])
        for part, split in problem["images"].items()
    }

    def loss(values, part):
        x, labels = batches[part]
        return F.cross_entropy(build(dict(zip(weights, values)), alphas, protocol["cells"])(x), labels)

    result = second_order(weights, alphas, loss, protocol["optimizer"])
    # Its gradient is discontinuous where a ReLU becomes active, which affects the difference but not the derivative.
    del result["exact"]
    return result


def smooth(problem):
    """tanh, sigmoid and nothing, mixed by the softmax of one row of alphas, between two matrices."""
    weights, alphas = parameters(problem["weights"]), parameters(problem["alphas"])
    batches = {part: (torch.tensor(x), torch.tensor(labels)) for part, (x, labels) in problem["batches"].items()}

    def loss(values, part):
        first, second, last = values
        x, labels = batches[part]
        mixture = F.softmax(alphas["alpha"], dim=1)[0]
        hidden = mixture[0] * torch.tanh(x @ first) + mixture[1] * torch.sigmoid(x @ second) + mixture[2] * x
        return F.cross_entropy(hidden @ last, labels)

    return second_order(weights, alphas, loss, problem["optimizer"])


with open(sys.argv[1]) as file:
    inputs = json.load(file)
result = {
    "torch": torch.__version__.split("+")[0],
    "inputs": inputs["checksum"],
    "supernet": rounded(supernet(inputs["supernet"], Supernet)),
    "darts": rounded(supernet(inputs["darts"], DartsSupernet)),
    "smooth": rounded(smooth(inputs["smooth"])),
}
print(json.dumps(result, separators=(",", ":")))
