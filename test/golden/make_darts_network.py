"""Computes in PyTorch, in float64, what dartsNetwork.test.ts computes with the engine: networks of a genotype with their auxiliary
classifiers, from the same weights and images, which both sides compute from a formula.

Networks are written from DARTS (1806.09055, section 3 and appendix A) with torch.nn.functional, edge by edge. Each drop path
is replaced with a different factor, so that the results depend on its position.

dartsNetwork.json was made with torch 2.15.0:

pip install torch numpy
python test/golden/make_darts_network.py > test/golden/dartsNetwork.json
npx biome format --write test/golden/dartsNetwork.json
"""

import json
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

CHANNELS, CELLS, CLASSES, BATCH = 4, 3, 5, 4
AUXILIARY_WEIGHT = 0.4

# Operation, source, target; node 4 has no edges in the normal cell, node 3 only `none` in the reduction cell.
NORMAL = [
    ["sep_conv_3x3", 0, 2], ["dil_conv_5x5", 1, 2], ["skip_connect", 0, 3], ["sep_conv_5x5", 2, 3], ["max_pool_3x3", 1, 3],
    ["avg_pool_3x3", 3, 5], ["sep_conv_7x7", 0, 5], ["conv_7x1_1x7", 4, 5],
]
REDUCTION = [
    ["sep_conv_7x7", 0, 2], ["skip_connect", 1, 2], ["none", 0, 3], ["max_pool_3x3", 0, 4], ["conv_7x1_1x7", 1, 4],
    ["dil_conv_3x3", 3, 4], ["avg_pool_3x3", 1, 5], ["skip_connect", 2, 5], ["sep_conv_5x5", 4, 5],
]
GENOTYPE = {"normal": (NORMAL, [2, 4, 5]), "reduction": (REDUCTION, [3, 4, 5])}


def chirp(count, phase):
    return [math.sin(0.37 * i * i + phase) for i in range(count)]


def phase_of(name):
    return float(sum(ord(character) for character in name))


class Network:
    def __init__(self, imagenet):
        self.imagenet = imagenet
        self.variables = {}
        self.averages = {}

    def variable(self, name, shape):
        if name not in self.variables:
            values = chirp(math.prod(shape), phase_of(name))
            if name.endswith("/gamma"):
                values = [1 + 0.2 * value for value in values]
            elif name.endswith("/weight"):
                values = [1.5 / math.sqrt(math.prod(shape[:-1])) * value for value in values]
            else:
                values = [0.2 * value for value in values]
            # Rounded to float32, as in the engine.
            tensor = torch.tensor(values, dtype=torch.float32).to(torch.float64).reshape(shape)
            self.variables[name] = tensor.requires_grad_()
        return self.variables[name]

    def conv(self, x, name, outputs, kernel, stride=1, padding=0):
        kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
        weight = self.variable(f"{name}/weight", [*kernel, x.shape[1], outputs])
        return F.conv2d(x, weight.permute(3, 2, 0, 1), stride=stride, padding=padding)

    def depthwise(self, x, name, kernel, stride, dilation):
        weight = self.variable(f"{name}/weight", [kernel, kernel, 1, x.shape[1]])
        padding = dilation * (kernel - 1) // 2
        return F.conv2d(x, weight.permute(3, 2, 0, 1), stride=stride, padding=padding, dilation=dilation, groups=x.shape[1])

    def norm(self, x, name):
        gamma, beta = self.variable(f"{name}/gamma", [x.shape[1]]), self.variable(f"{name}/beta", [x.shape[1]])
        if name not in self.averages:
            self.averages[name] = (torch.zeros(x.shape[1]), torch.ones(x.shape[1]))
        return F.batch_norm(x, *self.averages[name], gamma, beta, training=self.training, momentum=0.1, eps=1e-5)

    def linear(self, x, name):
        return x @ self.variable(f"{name}/weight", [x.shape[1], CLASSES]) + self.variable(f"{name}/bias", [CLASSES])

    def relu_conv_norm(self, x, name, outputs):
        return self.norm(self.conv(F.relu(x), f"{name}/conv", outputs, 1), f"{name}/norm")

    def factorized_reduce(self, x, name, outputs):
        x = F.relu(x)
        halves = [self.conv(x, f"{name}/even", outputs // 2, 1, 2), self.conv(x[:, :, 1:, 1:], f"{name}/odd", outputs // 2, 1, 2)]
        return self.norm(torch.cat(halves, dim=1), f"{name}/norm")

    def depthwise_pointwise(self, x, name, kernel, stride, dilation=1):
        x = self.depthwise(F.relu(x), f"{name}/depthwise", kernel, stride, dilation)
        return self.conv(x, f"{name}/pointwise", x.shape[1], 1)

    def operation(self, operation, x, name, stride):
        channels, kernel = x.shape[1], int(operation[-1]) if operation[-1].isdigit() else 0
        if operation == "max_pool_3x3":
            return F.max_pool2d(x, 3, stride, 1)
        if operation == "avg_pool_3x3":
            return F.avg_pool2d(x, 3, stride, 1, count_include_pad=False)
        if operation == "skip_connect":
            return self.factorized_reduce(x, name, channels)
        if operation.startswith("sep_conv"):
            x = self.norm(self.depthwise_pointwise(x, f"{name}/first", kernel, stride), f"{name}/first/norm")
            return self.norm(self.depthwise_pointwise(x, f"{name}/second", kernel, 1), f"{name}/norm")
        if operation.startswith("dil_conv"):
            return self.norm(self.depthwise_pointwise(x, name, kernel, stride, 2), f"{name}/norm")
        assert operation == "conv_7x1_1x7"
        x = self.conv(F.relu(x), f"{name}/1x7", channels, (1, 7), (1, stride), (0, 3))
        return self.norm(self.conv(x, f"{name}/7x1", channels, (7, 1), (stride, 1), (3, 0)), f"{name}/norm")

    def cell(self, before, last, name, edges, concat, channels, reduction, after_reduction):
        first = self.factorized_reduce if after_reduction else self.relu_conv_norm
        nodes = [first(before, f"{name}/input 0", channels), self.relu_conv_norm(last, f"{name}/input 1", channels)]
        edge = last.shape[2] // (2 if reduction else 1)
        for node in range(2, 6):
            total = torch.zeros(BATCH, channels, edge, edge)
            for index, (operation, source, target) in enumerate(edges):
                if target != node or operation == "none":
                    continue
                stride = 2 if reduction and source < 2 else 1
                if operation == "skip_connect" and stride == 1:
                    total = total + nodes[source]
                    continue
                place = f"{name}/edge {index}"
                value = self.operation(operation, nodes[source], place, stride)
                # Drop path is active in training only.
                total = total + (value * (1 + 0.3 * math.sin(phase_of(place))) if self.training else value)
            nodes.append(total)
        return torch.cat([nodes[node] for node in concat], dim=1)

    def stem(self, images):
        if not self.imagenet:
            start = self.norm(self.conv(images, "stem/conv", 3 * CHANNELS, 3, 1, 1), "stem/norm")
            return start, start
        x = F.relu(self.norm(self.conv(images, "stem 0/first/conv", CHANNELS // 2, 3, 2, 1), "stem 0/first/norm"))
        quarter = self.norm(self.conv(x, "stem 0/second/conv", CHANNELS, 3, 2, 1), "stem 0/second/norm")
        return quarter, self.norm(self.conv(F.relu(quarter), "stem 1/conv", CHANNELS, 3, 2, 1), "stem 1/norm")

    def head(self, x):
        x = F.avg_pool2d(F.relu(x), 5, 2 if self.imagenet else 3, 0, count_include_pad=False)
        x = F.relu(self.norm(self.conv(x, "auxiliary/squeeze/conv", 128, 1), "auxiliary/squeeze/norm"))
        x = self.conv(x, "auxiliary/expand/conv", 768, 2)
        x = F.relu(x if self.imagenet else self.norm(x, "auxiliary/expand/norm"))
        return self.linear(x.flatten(1), "auxiliary/classifier")

    def forward(self, images, training):
        self.training = training
        before, last = self.stem(images)
        channels, after_reduction, auxiliary = CHANNELS, self.imagenet, None
        for index in range(CELLS):
            reduction = index in (CELLS // 3, 2 * CELLS // 3)
            channels *= 2 if reduction else 1
            edges, concat = GENOTYPE["reduction" if reduction else "normal"]
            output = self.cell(last=last, before=before, name=f"cell {index}", edges=edges, concat=concat, channels=channels,
                               reduction=reduction, after_reduction=after_reduction)
            before, last, after_reduction = last, output, reduction
            if index == 2 * CELLS // 3 and training:
                auxiliary = self.head(last)
        return self.linear(last.mean(dim=(2, 3)), "classifier"), auxiliary


def digits(values):
    return [float(f"{value:.9g}") for value in values]


def solve(imagenet, size):
    network = Network(imagenet)
    pixels = torch.tensor([1.5 * value for value in chirp(BATCH * size * size * 3, 1.0)], dtype=torch.float32)
    images = pixels.to(torch.float64).reshape(BATCH, size, size, 3).permute(0, 3, 1, 2)
    labels = torch.arange(BATCH) % CLASSES
    logits, auxiliary = network.forward(images, training=True)
    loss = F.cross_entropy(logits, labels) + AUXILIARY_WEIGHT * F.cross_entropy(auxiliary, labels)
    loss.backward()
    gradients = {}
    for name, variable in network.variables.items():
        gradient = torch.zeros_like(variable) if variable.grad is None else variable.grad
        weights = torch.tensor(chirp(gradient.numel(), 2.0))
        gradients[name] = digits([gradient.norm().item(), (gradient.flatten() @ weights).item()])
    evaluated, _ = network.forward(images, training=False)
    return {
        "loss": loss.item(),
        "logits": digits(logits.flatten().tolist()),
        "auxiliary": digits(auxiliary.flatten().tolist()),
        "evaluated": digits(evaluated.flatten().tolist()),
        # Norm, and dot product with a fixed vector.
        "gradients": gradients,
    }


cells = {
    kind: {"edges": [{"operation": o, "from": s, "to": t} for o, s, t in edges], "concat": concat}
    for kind, (edges, concat) in GENOTYPE.items()
}
print(json.dumps({
    "torch": torch.__version__.split("+")[0],
    "settings": {"channels": CHANNELS, "cells": CELLS, "classes": CLASSES, "imageChannels": 3},
    "batch": BATCH,
    "auxiliaryWeight": AUXILIARY_WEIGHT,
    "genotype": cells,
    "networks": [{"imagenet": imagenet, "size": size, **solve(imagenet, size)} for imagenet, size in [(False, 32), (True, 224)]],
}))
