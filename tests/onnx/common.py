"""What the scripts of this folder share: pictures, answers and the file that holds both."""

import json
import pathlib

import numpy
import onnx
import onnxruntime

FOLDER = pathlib.Path(__file__).parent
PICTURES = 2


def without_paths(name):
    """Takes the stack traces out of a file: they name folders of the machine that wrote it."""
    path = FOLDER / f"{name}.onnx"
    model = onnx.load(path, load_external_data=False)
    for node in model.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    path.write_bytes(model.SerializeToString())


def record(name, shape, *, layout="nchw", pixels=255.0, output="logits", index=0, labels=None,
           clear=0, made_with):
    """Runs `name`.onnx over random pictures and writes `name`.json.

    `shape` is that of a picture: channels, rows, columns. `layout` says how the model takes it,
    `pixels` by what 8-bit pixels are divided before, `output` what its output of that index is. The
    first class must lead by the part `clear` of the largest number.
    """
    channels, rows, columns = shape
    generator = numpy.random.default_rng(sum(name.encode()))
    pictures = generator.integers(0, 256, (PICTURES, channels, rows, columns), dtype=numpy.uint8)
    session = onnxruntime.InferenceSession(FOLDER / f"{name}.onnx")
    [given] = session.get_inputs()
    kind = {"tensor(float)": numpy.float32, "tensor(double)": numpy.float64}[given.type]
    taken = {
        "nchw": lambda x: x,
        "nhwc": lambda x: x.transpose(0, 2, 3, 1),
        "nhw": lambda x: x[:, 0],
        "flat": lambda x: x.reshape(len(x), -1),
    }[layout]
    answers = []
    for picture in pictures:
        x = (taken(picture[None]) / pixels).astype(kind)
        answer = session.run(None, {given.name: x})[index]
        if isinstance(answer, list):
            answer = [list(answer[0].values())]
        answer = numpy.asarray(answer, dtype=numpy.float64).reshape(-1)
        *_, second, first = sorted([-numpy.inf, *answer])
        if first - second < clear * max(abs(answer)):
            raise ValueError("no class stands out")
        answers.append([float(f"{value:.8g}") for value in answer])
    data = FOLDER / f"{name}.onnx.data"
    case = {
        "made_with": made_with,
        "data": data.name if data.exists() else None,
        "shape": shape,
        "labels": labels,
        "output": output,
        "pictures": [picture.tobytes().hex() for picture in pictures],
        "answers": answers,
    }
    text = json.dumps(case, indent=1)
    (FOLDER / f"{name}.json").write_text(text + "\n")
    print(f"{name}: by {session.get_modelmeta().producer_name}, "
          f"{(FOLDER / f'{name}.onnx').stat().st_size} bytes")
