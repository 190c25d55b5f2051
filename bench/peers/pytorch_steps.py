"""Training steps of the benchmark `steps` in PyTorch, for machines that have it.

python bench/peers/pytorch_steps.py [--only PART[,PART]] [--repeats N] [--json FILE] [--device cuda|cpu]
    [--modes eager,channels_last,compiled] [--tf32] [--batch N] [--size PIXELS] [--threads N]

Times steps by CUDA events, on the CPU by the clock. The JSON has the shape that `npm run bench -- compare` reads.
Products are in full float32 unless --tf32 is given, as WebGPU computes them. --batch and --size make a try on a small
machine possible; names of workloads then say so.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

MODES = ("eager", "channels_last", "compiled")
LEARNING_RATE = 0.025
MOMENTUM = 0.9
CLASSES = 10
IMAGE_CHANNELS = 3


def convolution(inputs, outputs, kernel, stride=1, dilation=1, groups=1):
    """Convolution without bias, padded to keep the size at stride 1."""
    padding = dilation * (kernel - 1) // 2
    return nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, groups, bias=False)


def relu_conv_norm(inputs, outputs, kernel, stride=1, affine=True):
    return nn.Sequential(
        nn.ReLU(), convolution(inputs, outputs, kernel, stride), nn.BatchNorm2d(outputs, affine=affine)
    )


class Residual(nn.Module):
    """Basic block with a projection where the size changes (He et al. 2016, section 4.2, option B)."""

    def __init__(self, inputs, outputs):
        super().__init__()
        stride = 2 if outputs > inputs else 1
        self.body = nn.Sequential(
            convolution(inputs, outputs, 3, stride),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            convolution(outputs, outputs, 3),
            nn.BatchNorm2d(outputs),
        )
        projection = nn.Sequential(convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))
        self.shortcut = projection if stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(convolution(IMAGE_CHANNELS, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        widths = [16] * 4 + [32] * 3 + [64] * 3
        self.blocks = nn.Sequential(*(Residual(a, b) for a, b in zip(widths, widths[1:])))
        self.classifier = nn.Linear(64, CLASSES)

    def forward(self, x):
        return self.classifier(self.blocks(self.stem(x)).mean((2, 3)))


class FiveConvolutions(nn.Module):
    """The NAS-Bench-201 cell conv3x3 on all edges but the skip from the input to the last node."""

    EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))

    def __init__(self, channels):
        super().__init__()
        self.edges = nn.ModuleList(
            nn.Identity() if edge == (0, 3) else relu_conv_norm(channels, channels, 3) for edge in self.EDGES
        )

    def forward(self, x):
        nodes = [x]
        for node in (1, 2, 3):
            nodes.append(
                sum(self.edges[i](nodes[source]) for i, (source, target) in enumerate(self.EDGES) if target == node)
            )
        return nodes[3]


class Reduction(nn.Module):
    """Residual block that halves the image (Dong and Yang 2020, section 2.1)."""

    def __init__(self, inputs):
        super().__init__()
        self.body = nn.Sequential(
            relu_conv_norm(inputs, 2 * inputs, 3, stride=2), relu_conv_norm(2 * inputs, 2 * inputs, 3)
        )
        self.shortcut = nn.Sequential(nn.AvgPool2d(2, 2), convolution(inputs, 2 * inputs, 1))

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


class NasBench201(nn.Module):
    """C = 16, one cell a stage."""

    def __init__(self, channels=16):
        super().__init__()
        self.body = nn.Sequential(
            convolution(IMAGE_CHANNELS, channels, 3),
            nn.BatchNorm2d(channels),
            FiveConvolutions(channels),
            Reduction(channels),
            FiveConvolutions(2 * channels),
            Reduction(2 * channels),
            FiveConvolutions(4 * channels),
            nn.BatchNorm2d(4 * channels),
            nn.ReLU(),
        )
        self.classifier = nn.Linear(4 * channels, CLASSES)

    def forward(self, x):
        return self.classifier(self.body(x).mean((2, 3)))


class FactorizedReduce(nn.Module):
    """Two 1x1 convolutions of stride 2, the second of the image moved by a pixel, side by side."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.even = convolution(inputs, outputs // 2, 1, stride=2)
        self.odd = convolution(inputs, outputs - outputs // 2, 1, stride=2)
        self.norm = nn.BatchNorm2d(outputs, affine=False)

    def forward(self, x):
        x = F.relu(x)
        return self.norm(torch.cat((self.even(x), self.odd(x[:, :, 1:, 1:])), 1))


def depthwise_pointwise(channels, kernel, stride, dilation):
    return [
        nn.ReLU(),
        convolution(channels, channels, kernel, stride, dilation, groups=channels),
        convolution(channels, channels, 1),
        nn.BatchNorm2d(channels, affine=False),
    ]


def darts_candidates(channels, stride):
    """Operations of an edge but `none`, which adds nothing (Liu et al. 2019, section 3.1.1)."""
    norm = nn.BatchNorm2d(channels, affine=False)
    pools = [
        nn.Sequential(nn.MaxPool2d(3, stride, 1), norm),
        nn.Sequential(nn.AvgPool2d(3, stride, 1, count_include_pad=False), nn.BatchNorm2d(channels, affine=False)),
    ]
    skip = nn.Identity() if stride == 1 else FactorizedReduce(channels, channels)
    separable = [
        nn.Sequential(*depthwise_pointwise(channels, k, stride, 1), *depthwise_pointwise(channels, k, 1, 1))
        for k in (3, 5)
    ]
    dilated = [nn.Sequential(*depthwise_pointwise(channels, k, stride, 2)) for k in (3, 5)]
    return nn.ModuleList([*pools, skip, *separable, *dilated])


class RelaxedCell(nn.Module):
    NODES = 4

    def __init__(self, inputs, channels, reduction, after_reduction):
        super().__init__()
        before, last = inputs
        larger = FactorizedReduce(before, channels) if after_reduction else None
        self.before = larger or relu_conv_norm(before, channels, 1, affine=False)
        self.last = relu_conv_norm(last, channels, 1, affine=False)
        self.edges = nn.ModuleList(
            darts_candidates(channels, 2 if reduction and source < 2 else 1)
            for node in range(self.NODES)
            for source in range(node + 2)
        )

    def forward(self, before, last, mixture):
        nodes = [self.before(before), self.last(last)]
        edge = 0
        for node in range(self.NODES):
            total = 0
            for source in range(node + 2):
                # Column 0 of the table is `none`.
                for column, operation in enumerate(self.edges[edge], start=1):
                    total = total + mixture[edge, column] * operation(nodes[source])
                edge += 1
            nodes.append(total)
        return torch.cat(nodes[2:], 1)


class DartsSupernet(nn.Module):
    """The search network of DARTS: one table of alphas for normal cells, one for reductions."""

    EDGES = 14
    OPERATIONS = 8

    def __init__(self, channels=8, cells=4):
        super().__init__()
        stem = 3 * channels
        self.stem = nn.Sequential(convolution(IMAGE_CHANNELS, stem, 3), nn.BatchNorm2d(stem))
        self.normal = nn.Parameter(1e-3 * torch.randn(self.EDGES, self.OPERATIONS))
        self.reduction = nn.Parameter(1e-3 * torch.randn(self.EDGES, self.OPERATIONS))
        self.cells = nn.ModuleList()
        self.reductions = {cells // 3, 2 * cells // 3}
        inputs, width, after = (stem, stem), channels, False
        for index in range(cells):
            reduction = index in self.reductions
            width = 2 * width if reduction else width
            self.cells.append(RelaxedCell(inputs, width, reduction, after))
            inputs, after = (inputs[1], RelaxedCell.NODES * width), reduction
        self.classifier = nn.Linear(inputs[1], CLASSES)

    def forward(self, x):
        mixtures = {False: self.normal.softmax(-1), True: self.reduction.softmax(-1)}
        before = last = self.stem(x)
        for index, cell in enumerate(self.cells):
            before, last = last, cell(before, last, mixtures[index in self.reductions])
        return self.classifier(last.mean((2, 3)))


STEPS = {
    # name: network, batch, parameters
    "resnet20_b64": (ResNet20, 64, 272_474),
    "nb201_c16n1_b64": (NasBench201, 64, 316_346),
    "darts_c8_l4_b16/together": (DartsSupernet, 16, 347_522),
    "darts_c16_l8_b64/together": (lambda: DartsSupernet(16, 8), 64, 1_930_842),
}
# The publication's size: only where --only names it, as in our own steps.
LARGE = {"darts_c16_l8_b64/together"}


def count_parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def step_function(network, optimizer, mode, images, labels):
    forward = torch.compile(network) if mode == "compiled" else network

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(forward(images), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step


def time_step(step, device, repeats):
    """Milliseconds of the first step, and of `repeats` more after three that aren't counted."""

    def by_clock():
        start = time.perf_counter()
        step()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return 1e3 * (time.perf_counter() - start)

    def by_events():
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        step()
        end.record()
        torch.cuda.synchronize()
        return start.elapsed_time(end)

    first = by_clock()
    for _ in range(3):
        by_clock()
    measure = by_events if device.type == "cuda" else by_clock
    return first, [measure() for _ in range(repeats)]


def summarize(values):
    """As bench/report/statistics.ts."""
    ordered = sorted(values)

    def quantile(share):
        position = share * (len(ordered) - 1)
        below = int(position)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (position - below) * (ordered[above] - ordered[below])

    median = statistics.median(ordered)
    return {
        "count": len(ordered),
        "median": median,
        "mad": statistics.median(abs(value - median) for value in ordered),
        "minimum": ordered[0],
        "lowerQuartile": quantile(0.25),
        "upperQuartile": quantile(0.75),
    }


def environment(device):
    cuda = device.type == "cuda"
    return {
        "adapter": torch.cuda.get_device_name(device) if cuda else "CPU",
        "driver": f"CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}" if cuda else "CPU",
        "processor": platform.processor() or platform.machine(),
        "cores": torch.get_num_threads(),
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(),
        "loadAverage": os.getloadavg()[0] if hasattr(os, "getloadavg") else 0,
        "versions": {"python": platform.python_version(), "pytorch": torch.__version__},
    }


def measure(name, mode, device, options):
    network_of, batch, parameters = STEPS[name]
    torch.manual_seed(1)
    network = network_of().to(device)
    if count_parameters(network) != parameters:
        raise RuntimeError(f"{name}: got {count_parameters(network)} parameters, wanted {parameters}")
    batch = options.batch or batch
    images = 2 * torch.rand(batch, IMAGE_CHANNELS, options.size, options.size, device=device) - 1
    labels = torch.randint(CLASSES, (batch,), device=device)
    if mode == "channels_last":
        network = network.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
    first, times = time_step(step_function(network, optimizer, mode, images, labels), device, options.repeats)
    figures = {"firstMilliseconds": first, "parameters": parameters}
    if device.type == "cuda":
        figures["deviceBytes"] = torch.cuda.max_memory_allocated()
    changed = [f"b{options.batch}"] * bool(options.batch) + [f"{options.size}px"] * (options.size != 32)
    workload = " ".join([name, *changed])
    return {"workload": workload, "contender": f"pytorch {mode}", "time": summarize(times), "figures": figures}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--json")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--tf32", action="store_true")
    parser.add_argument("--batch", type=int)
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    modes = options.modes.split(",")
    if unknown := [mode for mode in modes if mode not in MODES]:
        parser.error(f"--modes: got {', '.join(unknown)}, wanted {', '.join(MODES)}")
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.tf32
    torch.backends.cudnn.benchmark = True
    device = torch.device(options.device)
    results = {"command": "pytorch", "environment": environment(device), "rows": []}
    for name in STEPS:
        named = any(part in name for part in options.only.split(","))
        if not named or (name in LARGE and not options.only):
            continue
        for mode in modes:
            try:
                row = measure(name, mode, device, options)
                first, median = row["figures"]["firstMilliseconds"], row["time"]["median"]
                print(f"{row['workload']:34} {mode:14} {median:9.2f} ms  (first {first:.0f} ms)", flush=True)
            except Exception as error:  # One that fails, as torch.compile without a compiler, must not hide the others.
                remark = f"{type(error).__name__}: {error}".splitlines()[0]
                row = {"workload": name, "contender": f"pytorch {mode}", "remark": remark}
                print(f"{name:34} {mode:14} {remark}", flush=True)
            results["rows"].append(row)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
