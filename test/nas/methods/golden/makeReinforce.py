"""Logits of a REINFORCE policy after each of a few updates, by PyTorch in float64. Writes reinforce.json beside it.

One row of logits a choice, loss = sum over choices of -log p(action) * (reward - baseline), torch.optim.Adam,
baseline = exponential mean of all rewards so far, this one included, divided by the sum of its weights.
"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
LEARNING_RATE, DECAY = 0.5, 0.9
logits = torch.nn.Parameter(1e-3 * torch.randn(3, 5))
initial = logits.tolist()
adam = torch.optim.Adam([logits], lr=LEARNING_RATE)
total = weight = 0.0
steps = []
for _ in range(12):
    action = torch.randint(5, (3,))
    reward = 0.5 + 0.4 * torch.rand(()).item()
    total = DECAY * total + (1 - DECAY) * reward
    weight = DECAY * weight + (1 - DECAY)
    distribution = torch.distributions.Categorical(torch.softmax(logits, -1))
    loss = (-distribution.log_prob(action) * (reward - total / weight)).sum()
    adam.zero_grad()
    loss.backward()
    adam.step()
    steps.append({"action": action.tolist(), "reward": reward, "logits": logits.tolist()})
result = {"learningRate": LEARNING_RATE, "baselineDecay": DECAY, "initial": initial, "steps": steps}
pathlib.Path(__file__).with_name("reinforce.json").write_text(json.dumps(result) + "\n")
