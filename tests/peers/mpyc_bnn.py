"""A bundled binarised network in MPyC, as its demonstration `np_bnnmnist` runs one.

Started by `peers.py` with `-M 3` (or 5, 7) among its arguments: MPyC starts the other parties. Prints a
line of JSON. Every party holds the weights as constant polynomials, as in the demonstration, which
saves MPyC sharing them. With three symbols the products are opened as the demonstration opens them.
"""

import argparse
import json
import resource
import sys
import time

import networks
import numpy as np
from mpyc.runtime import mpc
import mpyc.gmpy as gmpy2

# Of three neighbouring symbols: right for sums from -383 to 383.
PRIME = 9409569905028393239
# Bits of the sums of pixels, and of the hidden layers of 4096.
WIDE, NARROW = 20, 14


@mpc.coroutine
async def signs(a):
    """+1 where a >= 0 and -1 elsewhere, by three Legendre symbols: (u + v + w - u v w) / 2."""
    stype = type(a)
    await mpc.returnType((stype, a.shape))
    field = stype.sectype.field
    p = gmpy2.mpz(field.modulus)
    symbols = np.vectorize(lambda y: int(gmpy2.legendre(y, p)), otypes="O")
    n = a.size
    s = mpc.np_random_bits(field, 3 * n, signed=True)
    squares = mpc._reshare(mpc._np_randoms(field, 3 * n) ** 2)
    s, squares = await mpc.gather(s, squares)
    s, squares = s.reshape(3, n), squares.reshape(3, n)
    hiding = await mpc._reshare(s * squares)
    pair = await mpc._reshare(s[0] * s[1])
    product = await mpc._reshare(pair * s[2])
    a = await mpc.gather(a)
    odd = (2 * a + 1).reshape(1, n) + np.array([[-2], [0], [2]])
    opened = await mpc.output(hiding * odd, threshold=2 * mpc.threshold)
    h = symbols(opened.value)
    total = (s * h).value.sum(axis=0) - (product * (h[0] * h[1] * h[2])).value
    return field.array(total * int((p + 1) >> 1)).reshape(a.shape)


def constant(secint, matrix):
    """Small integers as an array that all parties know; equal ones share their object."""
    p = secint.field.modulus
    table = {value: value % p for value in map(int, np.unique(matrix))}
    elements = np.vectorize(table.__getitem__, otypes="O")(matrix)
    return secint.array(secint.field.array(elements, check=False))


def sent():
    """Bytes that this party sent so far."""
    others = (peer for peer in mpc.parties if peer.pid != mpc.pid)
    return sum(peer.protocol.nbytes_sent for peer in others)


async def classify(secint, layers, pixels, exact):
    x = mpc.input(secint.array(pixels.reshape(-1).astype(object)), senders=0)
    for number, (weights, bias) in enumerate(layers):
        x = x @ weights + bias
        if number + 1 == len(layers):
            return await mpc.output(mpc.np_argmax(x))
        if number == 0 or exact:
            secint.bit_length = WIDE if number == 0 else NARROW
            x = (x >= 0) * 2 - 1
        else:
            x = signs(x)
        await mpc.barrier(f"layer {number + 1}")


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("images", type=int)
    parser.add_argument("signs", choices=["exact", "3"])
    options = parser.parse_args()
    exact = options.signs == "exact"
    secint = mpc.SecInt(WIDE) if exact else mpc.SecInt(WIDE, p=PRIME)
    # The sums are integers, so that a half less changes no sign; the last biases have none.
    layers = [
        (constant(secint, weights.T), constant(secint, np.floor(bias).astype(np.int64)))
        for weights, bias in networks.layers(options.model)
    ]
    pictures, labels = networks.pictures(options.model, options.data, options.images)
    await mpc.start()
    seconds, bytes_sent, classes = [], [], []
    for pixels in pictures:
        await mpc.barrier("picture")
        begun, before = time.perf_counter(), sent()
        secint.bit_length = WIDE
        classes.append(int(await classify(secint, layers, pixels, exact)))
        seconds.append(time.perf_counter() - begun)
        bytes_sent.append(sent() - before)
    # All parties' bytes: each tells the first one its own.
    totals = await mpc.transfer(bytes_sent)
    if mpc.pid == 0:
        print(
            json.dumps(
                {
                    "peer": "mpyc",
                    "model": options.model,
                    "parties": len(mpc.parties),
                    "signs": options.signs,
                    "field_bits": int(secint.field.modulus).bit_length(),
                    "images": len(classes),
                    "right": sum(a == b for a, b in zip(classes, labels)),
                    "classes": classes,
                    "seconds_per_image": float(np.median(seconds)),
                    "bytes_per_image": int(np.median(np.sum(totals, axis=0))),
                    "memory_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
                }
            )
        )
        sys.stdout.flush()
    await mpc.shutdown()


mpc.run(main())
