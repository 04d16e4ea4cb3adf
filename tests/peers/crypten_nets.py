"""A bundled network in fixed point in CrypTen: two parties and a trusted third party that deals.

Started by `peers.py`. Prints a line of JSON. The first party has the network, the second one the
picture; the second one alone learns the class. Bytes are as CrypTen counts them: of both parties,
halved.
"""

import argparse
import json
import logging
import time

import crypten
import crypten.communicator as comm
import crypten.mpc as mpc
import networks
import numpy as np
import torch
from crypten.config import cfg
from onnx import helper

MODEL_OWNER, DATA_OWNER = 0, 1


def attributes(node):
    return {one.name: helper.get_attribute_value(one) for one in node.attribute}


def run(graph, tensors, x):
    """The network on a shared picture: the operators that the bundled files have."""
    values = {graph.input[0].name: x, **tensors}
    for node in graph.node:
        inputs = [values[name] for name in node.input]
        known = attributes(node)
        if node.op_type == "Gemm":
            y = inputs[0].matmul(inputs[1].t()) + inputs[2]
        elif node.op_type == "Conv":
            pads = known.get("pads", [0, 0, 0, 0])
            assert pads[:2] == pads[2:] and known.get("group", 1) == 1
            y = inputs[0].conv2d(
                inputs[1], stride=tuple(known.get("strides", [1, 1])), padding=tuple(pads[:2])
            )
            y = y + inputs[2].reshape(1, -1, 1, 1)
        elif node.op_type == "Relu":
            y = inputs[0].relu()
        elif node.op_type == "MaxPool":
            y = inputs[0].max_pool2d(
                tuple(known["kernel_shape"]), stride=tuple(known.get("strides", [1, 1]))
            )
        elif node.op_type == "Flatten":
            y = inputs[0].flatten(start_dim=1)
        else:
            raise SystemExit(f"{node.op_type} is not among the operators of this script")
        values[node.output[0]] = y
    return values[graph.output[0].name]


def evaluate(name, data, count):
    logging.getLogger().setLevel(logging.ERROR)
    torch.set_num_threads(1)
    cfg.communicator.verbose = True
    pictures, labels = networks.pictures(name, data, count)
    plain = {key: torch.from_numpy(np.array(value)) for key, value in networks.tensors(name).items()}
    tensors = {
        key: crypten.cryptensor(value.float(), src=MODEL_OWNER) for key, value in plain.items()
    }
    graph = networks.model(name).graph
    classes, seconds, counted, rounds = [], [], [], []
    for pixels in pictures:
        picture = torch.from_numpy(pixels.astype(np.float32)).reshape(1, 1, 28, 28)
        comm.get().barrier()
        comm.get().reset_communication_stats()
        begun = time.perf_counter()
        x = crypten.cryptensor(picture, src=DATA_OWNER)
        y = run(graph, tensors, x).argmax(dim=1, one_hot=False)
        revealed = y.get_plain_text(dst=DATA_OWNER)
        seconds.append(time.perf_counter() - begun)
        counted.append(comm.get().comm_bytes)
        rounds.append(comm.get().comm_rounds)
        if comm.get().get_rank() == DATA_OWNER:
            classes.append(int(revealed.item()))
    return {
        "classes": classes,
        "labels": labels,
        "seconds": seconds,
        "bytes": counted,
        "rounds": rounds,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("images", type=int)
    options = parser.parse_args()
    cfg.mpc.provider = "TTP"
    parties = mpc.run_multiprocess(world_size=2)(evaluate)(
        options.model, options.data, options.images
    )
    if not parties:
        raise SystemExit("CrypTen's parties failed")
    first, second = parties
    print(
        json.dumps(
            {
                "peer": "crypten",
                "model": options.model,
                "parties": 2,
                "helper": True,
                "images": len(second["classes"]),
                "right": sum(a == b for a, b in zip(second["classes"], second["labels"])),
                "classes": second["classes"],
                "seconds_per_image": float(np.median(second["seconds"])),
                "bytes_per_image": int(
                    np.median((np.array(first["bytes"]) + np.array(second["bytes"])) / 2)
                ),
                "operations_per_image": int(np.median(second["rounds"])),
            }
        )
    )


if __name__ == "__main__":
    main()
