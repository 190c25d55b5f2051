"""Zero-cost scores of small NAS-Bench-201 networks in PyTorch, in float64, as 2101.08134 and its cited papers define them.

Networks are written from the definition of NAS-Bench-201 (2001.00326, section 2); weights, images and labels are formulas
that scores.test.ts computes too, rounded to float32. Hessian products are by double backward.

golden.json was made with torch 2.15.0:

python test/nas/scores/golden/make.py > test/nas/scores/golden/golden.json
npx biome format --write test/nas/scores/golden/golden.json
"""

import json
import math

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

EDGES = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
CHANNELS, CELLS, CLASSES, SIZE, BATCH = 4, 1, 5, 8, 4
ARCHITECTURES = [
    "|nor_conv_3x3~0|+|avg_pool_3x3~0|nor_conv_1x1~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|",
    "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|",
    "|nor_conv_1x1~0|+|none~0|none~1|+|avg_pool_3x3~0|none~1|nor_conv_3x3~2|",
]


def wave(name, count):
    phase = sum(map(ord, name))
    return np.array([math.sin(12.9898 * i + 0.37 * phase) for i in range(count)])


def variable(name, shape):
    """Shapes and order of elements are those of the engine: convolutions [height, width, in, out], matrices [in, out]."""
    waves = wave(name, math.prod(shape))
    if len(shape) > 1:
        values = waves / math.sqrt(math.prod(shape[:-1]))
    elif name.endswith("gamma"):
        values = 1 + 0.2 * waves
    else:
        values = 0.1 * waves
    tensor = torch.tensor(values.astype(np.float32).astype(np.float64)).reshape(shape)
    if len(shape) == 4:
        tensor = tensor.permute(3, 2, 0, 1).contiguous()
    return tensor.requires_grad_()


def images():
    count = BATCH * SIZE * SIZE * 3
    values = np.array([math.sin(0.011 * i * i) + 0.5 * math.sin(0.3 * i) for i in range(count)])
    tensor = torch.tensor(values.astype(np.float32).astype(np.float64)).reshape(BATCH, SIZE, SIZE, 3)
    return tensor.permute(0, 3, 1, 2).contiguous().requires_grad_()


LABELS = torch.tensor([(3 * n) % CLASSES for n in range(BATCH)])


class Network:
    def __init__(self, architecture):
        self.cell = [edge.split("~")[0] for node in architecture.split("+") for edge in node.strip("|").split("|")]
        self.weights = {}
        self.outputs = []
        self.normalise = True

    def get(self, name, shape):
        if name not in self.weights:
            self.weights[name] = variable(name, shape)
        return self.weights[name]

    def conv(self, name, x, outputs, kernel, stride=1):
        weight = self.get(f"{name}/weight", [kernel, kernel, x.shape[1], outputs])
        return self.keep(F.conv2d(x, weight, stride=stride, padding=kernel // 2))

    def keep(self, output):
        if output.requires_grad:
            output.retain_grad()
        self.outputs.append(output)
        return output

    def norm(self, name, x):
        gamma, beta = self.get(f"{name}/gamma", [x.shape[1]]), self.get(f"{name}/beta", [x.shape[1]])
        if not self.normalise:
            return x
        return F.batch_norm(x, None, None, gamma, beta, training=True)

    def relu_conv_norm(self, name, x, outputs, kernel, stride=1):
        return self.norm(f"{name}/norm", self.conv(f"{name}/conv", F.relu(x), outputs, kernel, stride))

    def run_cell(self, name, x):
        nodes = [x]
        for node in range(1, 4):
            total = torch.zeros_like(x)
            for edge, (start, end) in enumerate(EDGES):
                if end != node or self.cell[edge] == "none":
                    continue
                source = nodes[start]
                if self.cell[edge] == "skip_connect":
                    total = total + source
                elif self.cell[edge] == "avg_pool_3x3":
                    total = total + F.avg_pool2d(source, 3, 1, 1, count_include_pad=False)
                else:
                    total = total + self.relu_conv_norm(f"{name}/edge {edge}", source, x.shape[1], int(self.cell[edge][-1]))
            nodes.append(total)
        return nodes[-1]

    def forward(self, x):
        x = self.norm("stem/norm", self.conv("stem/conv", x, CHANNELS, 3))
        for stage in range(3):
            if stage > 0:
                name, outputs = f"stage {stage}/reduction", 2 * x.shape[1]
                y = self.relu_conv_norm(f"{name}/first", x, outputs, 3, 2)
                y = self.relu_conv_norm(f"{name}/second", y, outputs, 3)
                x = y + self.conv(f"{name}/shortcut", F.avg_pool2d(x, 2), outputs, 1)
            for cell in range(CELLS):
                x = self.run_cell(f"stage {stage}/cell {cell}", x)
        x = F.relu(self.norm("last/norm", x)).mean((2, 3))
        weight, bias = self.get("classifier/weight", [4 * CHANNELS, CLASSES]), self.get("classifier/bias", [CLASSES])
        return self.keep(x @ weight + bias)

    def layers(self):
        return [weight for weight in self.weights.values() if weight.dim() > 1]


def scores(architecture):
    network = Network(architecture)
    loss = F.cross_entropy(network.forward(images()), LABELS)
    loss.backward(retain_graph=True)
    used = [weight for weight in network.layers() if weight.grad is not None]
    result = {
        "grad-norm": sum(weight.grad.norm() for weight in used).item(),
        "snip": sum((weight * weight.grad).abs().sum() for weight in used).item(),
    }
    fisher = 0
    for output in network.outputs:
        if output.grad is not None:
            product = output * output.grad
            channels = product.sum((2, 3)) if product.dim() == 4 else product
            fisher += (channels**2).mean(0).sum().item() / 2
    result["fisher"] = fisher

    gradient = torch.autograd.grad(loss, used, create_graph=True)
    product = torch.autograd.grad(sum((g * g.detach()).sum() for g in gradient), used)
    result["grasp"] = -sum((weight * h).sum() for weight, h in zip(used, product)).item()

    x = images()
    network.forward(x).sum().backward()
    # Gradients are compared with rows in the order of the engine's images; correlations do not depend on it.
    correlations = np.corrcoef(x.grad.reshape(BATCH, -1).numpy())
    values = np.linalg.eigvalsh(correlations)
    result["jacob-cov"] = -np.sum(np.log(values + 1e-5) + 1 / (values + 1e-5))

    logits = network.forward(images())
    scales = [weight for name, weight in network.weights.items() if name.endswith(("weight", "gamma"))]
    rows = []
    for n in range(BATCH):
        grads = torch.autograd.grad(logits[n].sum(), scales, retain_graph=True, allow_unused=True)
        rows.append(torch.cat([g.flatten() for g in grads if g is not None]))
    jacobian = torch.stack(rows)
    values = torch.linalg.eigvalsh(jacobian @ jacobian.T)
    result["ntk"] = (values[-1] / values[0]).item()

    linear = Network(architecture)
    linear.normalise = False
    linear.forward(images())
    linear.weights = {name: w.detach().abs().requires_grad_() for name, w in linear.weights.items()}
    linear.forward(torch.ones(1, 3, SIZE, SIZE)).sum().backward()
    result["synflow"] = sum((w * w.grad).sum() for w in linear.layers() if w.grad is not None).item()
    return result


if __name__ == "__main__":
    print(json.dumps([{"architecture": a, "scores": scores(a)} for a in ARCHITECTURES], indent=2))
