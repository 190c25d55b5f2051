"""Runs the sequence of lstm.test.ts through torch.nn.LSTMCell in float64, with the gradients of a weighted sum of its outputs.

All inputs are sines of their index, so that both sides can compute them. lstm.json was made with torch 2.15.0:

pip install torch numpy
python test/golden/make_lstm.py > test/golden/lstm.json
npx biome format --write test/golden/lstm.json
"""

import json

import torch

torch.set_default_dtype(torch.float64)

STEPS, BATCH, INPUTS, HIDDEN = 5, 3, 5, 8


def sines(shape, rate):
    return torch.sin(rate * (1 + torch.arange(torch.Size(shape).numel()))).reshape(shape)


x = sines((STEPS, BATCH, INPUTS), 0.7).requires_grad_()
weight = (0.8 * sines((INPUTS + HIDDEN, 4 * HIDDEN), 1.3)).requires_grad_()
bias = sines((4 * HIDDEN,), 0.4).requires_grad_()
coefficients = sines((STEPS, BATCH, HIDDEN), 2.1)

cell = torch.nn.LSTMCell(INPUTS, HIDDEN)
parameters = {
    "weight_ih": weight[:INPUTS].T,
    "weight_hh": weight[INPUTS:].T,
    "bias_ih": bias,
    "bias_hh": torch.zeros(4 * HIDDEN),
}
state = None
outputs = []
for step in range(STEPS):
    state = torch.func.functional_call(cell, parameters, (x[step],) if state is None else (x[step], state))
    outputs.append(state[0])
outputs = torch.stack(outputs)
loss = (outputs * coefficients).sum() + state[1].sum()
loss.backward()


def rounded(tensor):
    return [round(value, 9) for value in tensor.flatten().tolist()]


print(
    json.dumps(
        {
            "outputs": rounded(outputs),
            "cell": rounded(state[1]),
            "x": rounded(x.grad),
            "weight": rounded(weight.grad),
            "bias": rounded(bias.grad),
        }
    )
)
