"""The bundled networks and the test pictures, for other people's programs."""

import gzip
import pathlib

import numpy as np
import onnx
from onnx import numpy_helper

MODELS = pathlib.Path(__file__).resolve().parents[2] / "data" / "models"
# How the data sets' folders are called, by the first part of a model's name.
FOLDERS = {"mnist": "mnist", "fashion": "fashion-mnist"}


def model(name):
    """A bundled network: its ONNX graph."""
    return onnx.load(MODELS / f"{name}.onnx")


def tensors(name):
    """All tensors of a network by their names; packed signs as -1 and 1."""
    found = {one.name: numpy_helper.to_array(one) for one in model(name).graph.initializer}
    for packed in [key for key in found if key.endswith(".weight.bits")]:
        layer = packed.removesuffix(".bits")
        signs = found["bits.table"][found[packed]].astype(np.int8)
        found[layer] = signs.reshape(found[f"{layer}.shape"])
    return found


def layers(name):
    """Weights and biases of a network of fully connected layers, from the first one."""
    found = tensors(name)
    numbers = sorted(int(key[6:].split(".")[0]) for key in found if key.endswith(".bias"))
    return [(found[f"linear{one}.weight"], found[f"linear{one}.bias"]) for one in numbers]


def pictures(name, data, count):
    """The first test pictures of a network's data set, 28 x 28 pixels of 8 bits, and their classes."""
    folder = pathlib.Path(data) / FOLDERS[name.split("-")[0]]

    def read(file, header):
        with gzip.open(folder / file) as packed:
            return np.frombuffer(packed.read()[header:], dtype=np.uint8)

    pixels = read("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
    labels = read("t10k-labels-idx1-ubyte.gz", 8)
    return pixels[:count], labels[:count].tolist()
