"""Writes random graphs of all supported operators, as no exporter would put them together.

    python operators.py [FOLDER COUNT]
"""

import pathlib
import random
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import common

OPSETS = (10, 13, 18, 20)


class Graph:
    """A graph as it grows: values of known shape, without the batch."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.numbers = numpy.random.default_rng(seed)
        self.opset = self.random.choice(OPSETS)
        self.nodes, self.constants = [], []

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(numpy.asarray(array), name))
        return name

    def floats(self, shape, low=-1.0, high=1.0):
        return self.constant(self.numbers.uniform(low, high, shape).astype(numpy.float32))

    def ints(self, *values):
        return self.constant(numpy.array(values, dtype=numpy.int64))

    def node(self, operator, *inputs, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], f"n{name}", **attributes))
        return name

    def axes_of(self, operator, value, axes, **attributes):
        """Axes as an attribute in early versions and as an input in later ones."""
        new = 18 if operator.startswith("Reduce") else 13
        if self.opset >= new:
            return self.node(operator, value, self.ints(*axes), **attributes)
        return self.node(operator, value, axes=axes, **attributes)


def affine(g, value, shape):
    kind = g.random.randrange(6)
    operand = {
        0: lambda: g.floats(()),
        1: lambda: g.floats((shape[0], *[1] * (len(shape) - 1))),
        2: lambda: g.floats((1, shape[0], *[1] * (len(shape) - 1))),
        3: lambda: g.floats(shape),
        4: lambda: g.floats(shape[-1:]),
        5: lambda: g.floats((1, *shape[:-1], 1)),
    }[kind]()
    if g.random.random() < 0.2 and len(shape) == 3:
        parameters = [g.floats(shape[:1], low) for low in (-1, -1, -1, 0.5)]
        return g.node("BatchNormalization", value, *parameters, epsilon=0.01), shape
    operator = g.random.choice(["Add", "Sub", "Mul", "Sub2", "Div", "Neg"])
    if operator == "Neg":
        return g.node("Neg", value), shape
    if operator == "Sub2":
        return g.node("Sub", operand, value), shape
    if operator == "Div":
        return g.node("Div", value, g.floats((), 0.5, 2.0)), shape
    pair = [value, operand]
    if operator != "Sub" and g.random.random() < 0.5:
        pair.reverse()
    return g.node(operator, *pair), shape


def activation(g, value, shape):
    kind = g.random.randrange(9)
    if kind == 0:
        return g.node("LeakyRelu", value, alpha=0.3), shape
    if kind == 1:
        slope = g.constant(numpy.full((1,) * (len(shape)), 0.25, dtype=numpy.float32))
        return g.node("PRelu", value, slope), shape
    if kind == 2:
        low, high = g.random.choice([(0.0, 1.0), (-0.5, 0.5), (-0.25, None), (None, 0.75)])
        if g.opset < 11:
            bounds = {"min": low, "max": high}
            bounds = {name: bound for name, bound in bounds.items() if bound is not None}
            return g.node("Clip", value, **bounds), shape
        bounds = ["" if b is None else g.constant(numpy.float32(b)) for b in (low, high)]
        return g.node("Clip", value, *bounds), shape
    if kind == 3:
        return g.node("Max", value, g.floats(())), shape
    if kind == 4:
        return g.node("Min", g.floats(shape[-1:]), value), shape
    if kind == 5 and g.opset >= 12:
        operator = g.random.choice(["Greater", "Less", "GreaterOrEqual", "LessOrEqual"])
        truth = g.node(operator, *g.random.sample([value, g.floats(())], 2))
        if g.random.random() < 0.3:
            truth = g.node("Not", truth)
        if g.random.random() < 0.5:
            return g.node("Where", truth, g.floats(()), g.floats(shape)), shape
        return g.node("Cast", truth, to=TensorProto.FLOAT), shape
    if kind == 6:
        return g.node("Sign", g.node("Add", value, g.floats((), 0.01, 0.02))), shape
    return g.node("Relu", value), shape


def window(g, shape, pool):
    kernel = [g.random.randint(1, min(3, size)) for size in shape[1:]]
    strides = [g.random.randint(1, 2) for _ in kernel]
    attributes = {"kernel_shape": kernel, "strides": strides}
    padding = g.random.choice(["none", "pads", "pads", "SAME_UPPER", "SAME_LOWER", "VALID"])
    if padding == "pads":
        attributes["pads"] = [g.random.randint(0, size - 1) for size in kernel * 2]
    elif padding != "none":
        attributes["auto_pad"] = padding
    dilated = [g.random.randint(1, 2) if (size - 1) * 2 < extent else 1
               for size, extent in zip(kernel, shape[1:])]
    if padding in ("none", "pads") and pool != "average":
        attributes["dilations"] = dilated
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, attributes.get("dilations", [1, 1]))]
    if padding.startswith("SAME"):
        places = [-(-size // stride) for size, stride in zip(shape[1:], strides)]
    else:
        pads = attributes.get("pads", [0] * 4)
        places = [(size + pads[i] + pads[i + 2] - reach[i]) // strides[i] + 1
                  for i, size in enumerate(shape[1:])]
    return attributes, kernel, places


def pool(g, value, shape):
    if min(shape[1:]) < 1:
        return value, shape
    if g.random.random() < 0.5:
        attributes, _, places = window(g, shape, "max")
        return g.node("MaxPool", value, **attributes), (shape[0], *places)
    attributes, _, places = window(g, shape, "average")
    if not attributes.get("auto_pad", "").startswith("SAME"):
        attributes["count_include_pad"] = g.random.randint(0, 1)
    return g.node("AveragePool", value, **attributes), (shape[0], *places)


def ceiling(g, value, shape):
    if min(shape[1:]) < 3:
        return value, shape
    name = g.node("MaxPool", value, kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1)
    rows, columns = shape[1:]
    return name, (shape[0], -(-(rows - 2) // 2) + 1, -(-(columns - 3) // 2) + 1)


def convolution(g, value, shape):
    if g.random.random() < 0.2:
        pads = [0, 0, g.random.randint(0, 1), 1, 0, 0, 0, g.random.randint(0, 2)]
        value = (g.node("Pad", value, g.ints(*pads)) if g.opset >= 11
                 else g.node("Pad", value, pads=pads))
        shape = (shape[0], shape[1] + pads[2], shape[2] + pads[3] + pads[7])
        attributes, kernel, places = window(g, shape, "conv")
        for name in ("auto_pad", "dilations", "pads"):
            attributes.pop(name, None)
        attributes["kernel_shape"] = kernel = [min(2, shape[1]), 3 if shape[2] >= 3 else 1]
        if kernel[1] < 3:
            attributes["kernel_shape"] = kernel = [1, shape[2]]
        places = [(size - k) // s + 1
                  for size, k, s in zip(shape[1:], kernel, attributes["strides"])]
    else:
        attributes, kernel, places = window(g, shape, "conv")
    groups = shape[0] if g.random.random() < 0.3 else 1
    outputs = groups * g.random.randint(1, 2) if groups > 1 else g.random.randint(1, 4)
    weights = g.floats((outputs, shape[0] // groups, *kernel))
    inputs = [value, weights] + ([g.floats((outputs,))] if g.random.random() < 0.5 else [])
    return g.node("Conv", *inputs, group=groups, **attributes), (outputs, *places)


def branches(g, value, shape):
    """Two ways from the value, which are added or joined."""
    ways = []
    for _ in range(2):
        way = value
        for _ in range(g.random.randint(0, 2)):
            way, _ = g.random.choice([affine, activation, same])(g, way, shape)
        ways.append(way)
    if g.random.random() < 0.5:
        return g.node(g.random.choice(["Add", "Sum", "Sub"]), *ways), shape
    axis = 0
    joined = list(shape)
    joined[axis] *= 2
    return g.node("Concat", *ways, axis=axis + 1), tuple(joined)


def same(g, value, shape):
    """A convolution that keeps the shape."""
    if len(shape) != 3:
        return value, shape
    weights = g.floats((shape[0], shape[0], 3, 3))
    return g.node("Conv", value, weights, pads=[1] * 4), shape


def turn(g, value, shape):
    """Channels last, something element by element, and channels first again."""
    value = g.node("Transpose", value, perm=[0, 2, 3, 1])
    shape = (*shape[1:], shape[0])
    for _ in range(g.random.randint(0, 2)):
        value, _ = g.random.choice([affine, activation])(g, value, shape)
    if g.random.random() < 0.3:
        value = g.node("Concat", value, value, axis=3)
        shape = (*shape[:2], 2 * shape[2])
    value = g.node("Transpose", value, perm=[0, 3, 1, 2])
    return value, (shape[2], *shape[:2])


def dense(g, value, shape):
    outputs = g.random.randint(2, 6)
    if g.random.random() < 0.5:
        weights = g.floats((outputs, shape[0]))
        value = g.node("Gemm", value, weights, g.floats((1, outputs)), transB=1, alpha=0.5,
                       beta=2.0)
    else:
        value = g.node("MatMul", value, g.floats((shape[0], outputs)))
    return value, (outputs,)


def flatten(g, value, shape):
    size = int(numpy.prod(shape))
    kind = g.random.randrange(5)
    if kind == 0:
        value = g.node("Transpose", value, perm=[0, *g.random.sample([1, 2, 3], 3)])
    elif kind == 1 and shape[1] > 1:
        axes = [2, 3]
        operator = g.random.choice(["ReduceMean", "ReduceMax"])
        return g.axes_of(operator, value, axes, keepdims=0), shape[:1]
    elif kind == 2:
        value = g.node("Transpose", value, perm=[0, 2, 3, 1])
        value = g.axes_of("ReduceMean", value, [1, 2], keepdims=1)
        return g.axes_of("Squeeze", value, [1, 2]), shape[:1]
    elif kind == 3:
        value = g.node(g.random.choice(["GlobalMaxPool", "GlobalAveragePool"]), value)
        size = shape[0]
    if g.random.random() < 0.5:
        return g.node("Flatten", value), (size,)
    batch = g.node("Gather", g.node("Shape", value), g.constant(numpy.int64(0)), axis=0)
    batch = g.axes_of("Unsqueeze", batch, [0])
    return g.node("Reshape", value, g.node("Concat", batch, g.ints(-1), axis=0)), (size,)


def build(seed):
    g = Graph(seed)
    shape = picture = (g.random.randint(1, 3), g.random.randint(5, 8), g.random.randint(5, 8))
    value = "x"
    for _ in range(g.random.randint(2, 6)):
        step = g.random.choice([affine, affine, activation, pool, ceiling, convolution,
                                convolution, branches, turn])
        value, shape = step(g, value, shape)
    value, shape = flatten(g, value, shape)
    for _ in range(g.random.randint(0, 3)):
        value, shape = g.random.choice([affine, activation, dense, branches])(g, value, shape)
    value, shape = dense(g, value, shape)
    if g.random.random() < 0.5:
        value, shape = affine(g, value, shape)
    output = g.random.choice(["logits", "softmax", "log-softmax"])
    if output != "logits":
        value = g.node("Softmax" if output == "softmax" else "LogSoftmax", value, axis=1)
    graph = helper.make_graph(
        g.nodes, "random",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", *picture])],
        [helper.make_tensor_value_info(value, TensorProto.FLOAT, ["N", *shape])],
        g.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", g.opset)],
                              ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model, picture, output


def main(folder=None, count=14):
    if folder:
        common.FOLDER = pathlib.Path(folder)
    for seed in range(int(count)):
        name = f"operators-{seed}"
        try:
            model, picture, output = build(seed)
            (common.FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())
            common.record(name, picture, output=output, clear=1e-3,
                          made_with=f"onnx {onnx.__version__}")
        except Exception as error:
            # Not every graph that is put together at random is one.
            (common.FOLDER / f"{name}.onnx").unlink(missing_ok=True)
            print(f"{name}: {str(error)[:200]}", file=sys.stderr)


main(*sys.argv[1:])
