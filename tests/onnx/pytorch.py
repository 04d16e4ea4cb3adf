"""Writes small networks with random weights by the exporters of PyTorch."""

import warnings

import torch
from torch import nn
from torch.nn import functional as F

from common import FOLDER, record, without_paths

warnings.filterwarnings("ignore")
VERSION = torch.__version__.split("+")[0]


class Classic(nn.Module):
    """Convolutions, pooling, and `view` with the size of the batch."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, 5, padding=2)
        self.conv2 = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4 * 2 * 2, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        return F.log_softmax(self.fc(F.dropout(x, training=self.training)), dim=1)


class Residual(nn.Module):
    """A residual block with a strided shortcut, and one that keeps its shape."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4))
        self.a = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4),
                               nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1, bias=False),
                               nn.BatchNorm2d(4))
        self.b = nn.Sequential(nn.Conv2d(4, 6, 3, 2, padding=1, bias=False), nn.BatchNorm2d(6))
        self.down = nn.Sequential(nn.Conv2d(4, 6, 1, 2, bias=False), nn.BatchNorm2d(6))
        self.fc = nn.Linear(6, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.stem(x)), 3, 2, 1)
        x = F.relu(self.a(x) + x)
        x = F.relu(self.b(x) + self.down(x))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class Mobile(nn.Module):
    """Depthwise convolutions, ReLU6, and the mean over rows and columns."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU6(),
            nn.Conv2d(4, 4, 3, 1, 1, groups=4, bias=False), nn.BatchNorm2d(4), nn.ReLU6(),
            nn.Conv2d(4, 6, 1), nn.Hardtanh(-1, 1))
        self.fc = nn.Linear(6, 10)

    def forward(self, x):
        return self.fc(self.layers(x).mean([2, 3]))


class Normalised(nn.Module):
    """Mean and standard deviation of each channel in front of a padded convolution."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.4914, 0.4822, 0.4465]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.247, 0.2435, 0.2616]).view(1, 3, 1, 1))
        self.conv = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.fc = nn.Linear(4 * 8 * 8, 10)

    def forward(self, x):
        x = F.leaky_relu(self.conv((x - self.mean) / self.std), 0.1)
        x = F.avg_pool2d(x, 3, 2, 1)
        return self.fc(x.flatten(1))


class Inception(nn.Module):
    """Branches that are joined channel by channel."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(1, 2, 1)
        self.b = nn.Sequential(nn.Conv2d(1, 2, 1), nn.ReLU(), nn.Conv2d(2, 3, 3, padding=1))
        self.c = nn.Conv2d(1, 2, 3, padding=2, dilation=2)
        self.norm = nn.BatchNorm2d(8)
        self.last = nn.Conv2d(8, 10, 3)

    def forward(self, x):
        pooled = F.max_pool2d(x, 3, 1, 1)
        x = torch.cat([self.a(x), self.b(x), self.c(x), pooled], 1)
        x = F.relu(self.norm(x))
        x = F.max_pool2d(x, 3, 2, ceil_mode=True)
        return F.adaptive_avg_pool2d(self.last(x), 1).reshape(x.shape[0], 10)


class Binary(nn.Module):
    """Sign activations behind batch normalisation, and weights of +1 and -1."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 16)
        self.norm = nn.BatchNorm1d(16)
        self.fc2 = nn.Linear(16, 10)

    def forward(self, x):
        x = torch.sign(self.norm(F.linear(x, torch.sign(self.fc1.weight), self.fc1.bias)))
        x = F.linear(x, torch.sign(self.fc2.weight), self.fc2.bias)
        return x


class Compared(nn.Module):
    """A sign that is written as a comparison."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 16)
        self.fc2 = nn.Linear(16, 10)

    def forward(self, x):
        x = self.fc1(x.view(-1, 64))
        return self.fc2(torch.where(x >= 0, 1.0, -1.0))


def mlp(*sizes, activation=nn.ReLU):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


def trained(model):
    """Random weights, and statistics of normalisation that are not 0 and 1."""
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 2)
    return model.eval()


def write(name, make, shape, *, taken=None, output="logits", double=False, layout="nchw",
          **options):
    torch.manual_seed(sum(name.encode()))
    model = trained(make())
    x = torch.rand(taken or (1, *shape))
    if double:
        model, x = model.double(), x.double()
    if options.get("dynamo", True):
        if options.setdefault("dynamic_shapes", ({0: torch.export.Dim("batch")},)):
            x = x.repeat(2, *[1] * (x.dim() - 1))
        exporter = "torch.onnx.export(dynamo=True)"
    else:
        options.setdefault("dynamic_axes", {"x": {0: "batch"}})
        exporter = f"torch.onnx.export(dynamo=False, opset_version={options['opset_version']})"
    torch.onnx.export(model, (x,), str(FOLDER / f"{name}.onnx"), input_names=["x"],
                      verbose=False, **options)
    without_paths(name)
    record(name, shape, output=output, layout=layout,
           made_with=f"PyTorch {VERSION}, {exporter}")


GREY = (1, 12, 12)
COLOUR = (3, 12, 12)


def main():
    # Today's exporter: weights beside the file, or within.
    write("torch-external-data", Classic, GREY, output="log-softmax")
    write("torch-classic", Classic, GREY, output="log-softmax", external_data=False)
    write("torch-residual", Residual, COLOUR, external_data=False)
    write("torch-mobile", Mobile, GREY, external_data=False)
    write("torch-normalised", Normalised, (3, 32, 32), external_data=False)
    write("torch-inception", Inception, GREY, external_data=False)
    write("torch-binary", Binary, (1, 1, 64), layout="flat", taken=(1, 64), external_data=False)
    write("torch-compared", Compared, (1, 8, 8), external_data=False)
    write("torch-not-optimised", Residual, COLOUR, external_data=False, optimize=False)
    write("torch-double", lambda: mlp(784, 3, 10), (1, 28, 28), layout="flat", taken=(1, 784),
          double=True, external_data=False)
    write("torch-rows", lambda: nn.Sequential(nn.Flatten(), mlp(48, 8, 5)), (1, 8, 6),
          layout="nhw", taken=(1, 8, 6), external_data=False)
    # Fixed batch of one.
    write("torch-fixed-batch", Classic, GREY, output="log-softmax", external_data=False,
          dynamic_shapes=None)
    # The exporter before, by operator sets.
    for opset in (9, 11, 13, 17):
        legacy = {"dynamo": False, "opset_version": opset}
        write(f"torch-legacy-{opset}", Classic, GREY, output="log-softmax", **legacy)
    legacy = {"dynamo": False, "opset_version": 17}
    write("torch-legacy-residual", Residual, COLOUR, **legacy)
    write("torch-legacy-not-folded", Residual, COLOUR, dynamo=False, opset_version=13,
          do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE)
    write("torch-legacy-mobile", Mobile, GREY, **legacy)
    write("torch-legacy-mobile-9", Mobile, GREY, dynamo=False, opset_version=9)
    write("torch-legacy-normalised", Normalised, (3, 32, 32), **legacy)
    write("torch-legacy-inception", Inception, GREY, **legacy)
    write("torch-legacy-binary", Binary, (1, 1, 64), layout="flat", taken=(1, 64), **legacy)
    write("torch-legacy-compared", Compared, (1, 8, 8), **legacy)


main()
