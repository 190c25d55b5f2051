"""Trains in PyTorch, in float64, the networks that training.test.ts trains with the engine, from the same weights and batches.

Networks are written from the definition of NAS-Bench-201 (2001.00326, section 2) and of DARTS (1806.09055, equation 2 and
section 3.1), edge by edge, with torch.nn.functional; steps are those of torch.optim. The engine stores the weights of all edges
that leave a node in one variable, concatenated along the outputs.

training.json was made with torch 2.15.0:

pip install torch numpy
npx tsx test/golden/exportTraining.ts > inputs.json
python test/golden/makeTraining.py inputs.json > test/golden/training.json
npx biome format --write test/golden/training.json
"""

import json
import math
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

OPERATIONS = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"]
EDGES = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]


def parameters(elements):
    """Named variables as tensors; convolution weights [height, width, in, out] are transposed to [out, in, height, width]."""
    tensors = {}
    for name, variable in elements.items():
        tensor = torch.tensor(variable["data"], dtype=torch.get_default_dtype()).reshape(variable["shape"])
        if tensor.dim() == 4:
            tensor = tensor.permute(3, 2, 0, 1).contiguous()
        tensors[name] = tensor.requires_grad_()
    return tensors


class Layers:
    """Convolutions and batch norm by the names of their variables."""

    def __init__(self, weights, running):
        self.weights = weights
        self.running = {} if running else None

    def conv(self, name, x, stride=1):
        weight = self.weights[f"{name}/weight"]
        return F.conv2d(x, weight, stride=stride, padding=weight.shape[2] // 2)

    def norm(self, name, x, training):
        gamma, beta = self.weights.get(f"{name}/gamma"), self.weights.get(f"{name}/beta")
        if self.running is None:
            return F.batch_norm(x, None, None, gamma, beta, training=True)
        if name not in self.running:
            self.running[name] = (torch.zeros(x.shape[1]), torch.ones(x.shape[1]))
        mean, variance = self.running[name]
        return F.batch_norm(x, mean, variance, gamma, beta, training=training, momentum=0.1)

    def relu_conv_norm(self, name, x, training, stride=1):
        return self.norm(f"{name}/norm", self.conv(f"{name}/conv", F.relu(x), stride), training)

    def classify(self, x):
        return x.mean(dim=(2, 3)) @ self.weights["classifier/weight"] + self.weights["classifier/bias"]


class Macro(Layers):
    """Stem, three stages of N cells with a residual block between them, batch norm, ReLU, mean, classifier."""

    def __init__(self, weights, cells, running):
        super().__init__(weights, running)
        self.cells = cells

    def __call__(self, x, training=True):
        x = self.norm("stem/norm", self.conv("stem/conv", x), training)
        for stage in range(3):
            if stage > 0:
                name = f"stage {stage}/reduction"
                y = self.relu_conv_norm(f"{name}/first", x, training, stride=2)
                y = self.relu_conv_norm(f"{name}/second", y, training)
                x = y + self.conv(f"{name}/shortcut", F.avg_pool2d(x, 2))
            for cell in range(self.cells):
                x = self.cell(f"stage {stage}/cell {cell}", x, training)
        return self.classify(F.relu(self.norm("last/norm", x, training)))


class Network(Macro):
    def __init__(self, weights, cells, architecture):
        super().__init__(weights, cells, running=True)
        names = [part for node in architecture.split("+") for part in node.strip("|").split("|")]
        self.operations = [name.split("~")[0] for name in names]

    def edge(self, operation, name, x, training):
        if operation == "skip_connect":
            return x
        if operation == "avg_pool_3x3":
            return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)
        return self.relu_conv_norm(name, x, training)

    def cell(self, name, x, training):
        nodes = [x]
        for node in range(1, 4):
            terms = [
                self.edge(self.operations[i], f"{name}/edge {i}", nodes[source], training)
                for i, (source, end) in enumerate(EDGES)
                if end == node and self.operations[i] != "none"
            ]
            nodes.append(sum(terms))
        return nodes[3]


def normalise(x):
    return F.batch_norm(x, None, None, training=True)


class Supernet(Macro):
    def __init__(self, weights, alphas, cells):
        super().__init__(weights, cells, running=False)
        self.alphas = alphas["alpha"]

    def convolution(self, name, edge, kernel, x):
        source = EDGES[edge][0]
        edges = [i for i, (start, _) in enumerate(EDGES) if start == source]
        weight = self.weights[f"{name}/node {source}/nor_conv_{kernel}x{kernel}/weight"].chunk(len(edges))
        return normalise(F.conv2d(F.relu(x), weight[edges.index(edge)], padding=kernel // 2))

    def cell(self, name, x, training):
        mixture = F.softmax(self.alphas, dim=1)
        nodes = [x]
        for node in range(1, 4):
            total = torch.zeros_like(x)
            for i, (source, end) in enumerate(EDGES):
                if end != node:
                    continue
                start = nodes[source]
                candidates = [
                    torch.zeros_like(start),
                    start,
                    self.convolution(name, i, 1, start),
                    self.convolution(name, i, 3, start),
                    F.avg_pool2d(start, 3, stride=1, padding=1, count_include_pad=False),
                ]
                total = total + sum(weight * y for weight, y in zip(mixture[i], candidates))
            nodes.append(total)
        return nodes[3]


DARTS_EDGES = [(source, node) for node in range(2, 6) for source in range(node)]


class DartsSupernet(Layers):
    """Stem, cells with reduction cells at one third and two thirds, mean, classifier; no affine parameters in cells."""

    def __init__(self, weights, alphas, cells):
        super().__init__(weights, running=False)
        self.alphas, self.cells = alphas, cells

    def __call__(self, x):
        before = last = self.norm("stem/norm", self.conv("stem/conv", x), True)
        for i in range(self.cells):
            reduction = i in (self.cells // 3, 2 * self.cells // 3)
            before, last = last, self.cell(f"cell {i}", before, last, reduction)
        return self.classify(last)

    def cell(self, name, before, last, reduction):
        mixture = F.softmax(self.alphas["reduction" if reduction else "normal"], dim=1)
        if before.shape[2] == last.shape[2]:
            first = self.relu_conv_norm(f"{name}/input 0", before, True)
        else:
            first = self.halve(f"{name}/input 0", before)
        nodes = [first, self.relu_conv_norm(f"{name}/input 1", last, True)]
        for node in range(2, 6):
            total = 0
            for edge, (source, end) in enumerate(DARTS_EDGES):
                if end == node:
                    stride = 2 if reduction and source < 2 else 1
                    candidates = self.candidates(f"{name}/node {source}", edge, nodes[source], stride)
                    total = total + sum(weight * y for weight, y in zip(mixture[edge][1:], candidates))
            nodes.append(total)
        return torch.cat(nodes[2:], dim=1)

    def candidates(self, name, edge, x, stride):
        """All operations but `none`, which adds nothing."""
        edges = [i for i, (start, _) in enumerate(DARTS_EDGES) if start == DARTS_EDGES[edge][0]]
        copy, copies = edges.index(edge), len(edges)

        def depthwise_pointwise(part, y, stride, dilation):
            # [channels, copies, height, width] where the copies share their input, [copies * channels, 1, height, width] else.
            depthwise = self.weights[f"{name}/{part}/depthwise/weight"]
            shared = depthwise.shape[1] == copies
            depthwise = depthwise[:, copy : copy + 1] if shared else depthwise.chunk(copies)[copy]
            pointwise = self.weights[f"{name}/{part}/pointwise/weight"].chunk(copies)[copy]
            padding = dilation * (depthwise.shape[2] // 2)
            y = F.conv2d(F.relu(y), depthwise, None, stride, padding, dilation, groups=y.shape[1])
            return normalise(F.conv2d(y, pointwise))

        def separable(part):
            return depthwise_pointwise(f"{part}/second", depthwise_pointwise(f"{part}/first", x, stride, 1), 1, 1)

        skip = f"{name}/skip_connect" + (f"/copy {copy}" if copies > 1 else "")
        return [
            normalise(F.max_pool2d(x, 3, stride, padding=1)),
            normalise(F.avg_pool2d(x, 3, stride, padding=1, count_include_pad=False)),
            x if stride == 1 else self.halve(skip, x),
            separable("sep_conv_3x3"),
            separable("sep_conv_5x5"),
            depthwise_pointwise("dil_conv_3x3", x, stride, 2),
            depthwise_pointwise("dil_conv_5x5", x, stride, 2),
        ]

    def halve(self, name, x):
        x = F.relu(x)
        even = F.conv2d(x, self.weights[f"{name}/even/weight"], stride=2)
        odd = F.conv2d(x[:, :, 1:, 1:], self.weights[f"{name}/odd/weight"], stride=2)
        return normalise(torch.cat([even, odd], dim=1))


class Images:
    """Grey bytes, normalised by the mean and standard deviation of the pixels of `reference`."""

    def __init__(self, images, size, reference):
        pixels = torch.tensor(reference["pixels"]) / 255
        mean, deviation = pixels.mean(), pixels.std(correction=0)
        self.x = (torch.tensor(images["pixels"]).reshape(-1, 1, size, size) / 255 - mean) / deviation
        self.labels = torch.tensor(images["labels"])

    def batch(self, indices):
        return self.x[indices], self.labels[indices]


class Sgd:
    """torch.optim.SGD by a protocol: the gradient is clipped, the learning rate follows a cosine."""

    def __init__(self, weights, protocol, steps):
        settings = protocol["optimizer"]
        self.parameters, self.clip = list(weights.values()), settings["clipNorm"]
        self.optimizer = torch.optim.SGD(
            self.parameters,
            lr=settings["learningRate"],
            momentum=settings["momentum"],
            nesterov=settings["nesterov"],
            weight_decay=settings["weightDecay"],
        )
        self.schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, steps, protocol["schedule"]["final"])

    def step(self, loss):
        self.optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, self.clip)
        self.optimizer.step()
        self.schedule.step()
        return norm.item()


def norms(tensors):
    return {name: tensor.norm().item() for name, tensor in tensors.items()}


def train_network(problem):
    protocol = problem["protocol"]
    size, batches = protocol["imageSize"], problem["batches"]
    weights = parameters(problem["weights"])
    network = Network(weights, protocol["cells"], problem["architecture"])
    train = Images(problem["train"], size, problem["train"])
    test = Images(problem["test"], size, problem["train"])
    optimizer = Sgd(weights, protocol, len(batches))
    losses, gradient_norms = [], []
    for indices in batches:
        x, labels = train.batch(indices)
        loss = F.cross_entropy(network(x), labels, label_smoothing=protocol["labelSmoothing"])
        losses.append(loss.item())
        gradient_norms.append(optimizer.step(loss))
    with torch.no_grad():
        logits = network(test.x, training=False)
        loss = F.cross_entropy(logits, test.labels).item()
    averages = {}
    for name, (mean, variance) in network.running.items():
        averages[f"{name}/mean"], averages[f"{name}/variance"] = mean, variance
    return {
        "losses": losses,
        "gradientNorms": gradient_norms,
        "logits": logits.flatten().tolist(),
        "testLoss": loss,
        "weightNorms": norms(weights),
        "averageNorms": norms(averages),
    }


def train_supernet(problem, build):
    protocol, settings = problem["protocol"], problem["alphaOptimizer"]
    size, batches = protocol["imageSize"], problem["batches"]
    weights, alphas = parameters(problem["weights"]), parameters(problem["alphas"])
    supernet = build(weights, alphas, protocol["cells"])
    reference = problem["images"]["weights"]
    images = {part: Images(split, size, reference) for part, split in problem["images"].items()}
    sgd = Sgd(weights, protocol, len(batches["weights"]))
    adam = torch.optim.Adam(
        list(alphas.values()),
        lr=settings["learningRate"],
        betas=(settings["beta1"], settings["beta2"]),
        weight_decay=settings["weightDecay"],
    )
    result = {"alphaLosses": [], "weightLosses": [], "alphas": []}
    for alpha_batch, weight_batch in zip(batches["alphas"], batches["weights"]):
        x, labels = images["alphas"].batch(alpha_batch)
        loss = F.cross_entropy(supernet(x), labels)
        adam.zero_grad()
        loss.backward()
        adam.step()
        result["alphaLosses"].append(loss.item())
        result["alphas"].append([value for table in alphas.values() for value in table.flatten().tolist()])
        x, labels = images["weights"].batch(weight_batch)
        loss = F.cross_entropy(supernet(x), labels)
        sgd.step(loss)
        result["weightLosses"].append(loss.item())
    return {**result, "weightNorms": norms(weights)}


def search(problem, build):
    """Results in float64, and how far those in float32 deviate: losses of each step, relative, and alphas after it."""
    result = train_supernet(problem, build)
    torch.set_default_dtype(torch.float32)
    single = train_supernet(problem, build)
    torch.set_default_dtype(torch.float64)
    losses = [
        max(abs(single[name][i] / result[name][i] - 1) for name in ("alphaLosses", "weightLosses"))
        for i in range(len(result["alphaLosses"]))
    ]
    alphas = [max(abs(a - b) for a, b in zip(one, two)) for one, two in zip(single["alphas"], result["alphas"])]
    return {**result, "float32": {"losses": losses, "alphas": alphas}}


def rounded(value):
    """Rounds to nine significant digits, which determine a float32."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.9g}") if isinstance(value, float) and math.isfinite(value) else value


def main():
    with open(sys.argv[1]) as file:
        inputs = json.load(file)
    result = {
        "torch": torch.__version__.split("+")[0],
        "inputs": inputs["checksum"],
        "network": rounded(train_network(inputs["network"])),
        "supernet": rounded(search(inputs["supernet"], Supernet)),
        "darts": rounded(search(inputs["darts"], DartsSupernet)),
    }
    print(json.dumps(result, separators=(",", ":")))


if __name__ == "__main__":
    main()
