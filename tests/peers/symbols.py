"""The clear model of Legendre symbols in a bundled binarised network, computed once more with numpy.

    python3 tests/peers/peers.py symbols mnist-bmlp --images 10000

For exact signs and for one, three and five symbols: how many test pictures are right, and the share of each layer's sums that
lie outside the range in which the symbols give the sign. What `blindsight evaluate --engine shamir
--clear --signs N` says must be the same; it takes longer, because it evaluates picture by picture.
"""

import argparse
import json

import networks
import numpy as np

# How many neighbouring symbols, the prime, and the largest sum whose sign they give.
SYMBOLS = {
    "1": (1, 3_546_374_752_298_322_551, 134),
    "3": (3, 9_409_569_905_028_393_239, 383),
    "5": (5, 15_569_949_805_843_283_171, 594),
}
# Pictures at a time.
BATCH = 1000


def legendre(a, p):
    return 1 if pow(a, (p - 1) // 2, p) == 1 else -1


def signs(count, p, largest):
    """What the symbols give for all sums from `-largest` to `largest`."""
    half = count // 2
    odd = range(2 * (-largest - half) + 1, 2 * (largest + half) + 2, 2)
    symbols = np.array([legendre(a % p, p) for a in odd])
    votes = np.convolve(symbols, np.ones(count, dtype=int), mode="valid")
    return np.where(votes > 0, 1, -1).astype(np.float32)


def evaluate(layers, pictures, labels, symbols):
    """How many are right, and what lies outside; with `exact` signs nothing does."""
    widest = max(weights.shape[1] + int(np.abs(bias).max()) + 1 for weights, bias in layers[1:])
    if symbols == "exact":
        table = np.where(np.arange(-widest, widest + 1) >= 0, 1, -1).astype(np.float32)
        within = widest
    else:
        count, p, within = SYMBOLS[symbols]
        table = signs(count, p, widest)
    hidden = range(1, len(layers) - 1)
    right, outside, sums = 0, [0 for _ in hidden], [0 for _ in hidden]
    for start in range(0, len(pictures), BATCH):
        x = pictures[start : start + BATCH].reshape(-1, 784).astype(np.float32)
        weights, bias = layers[0]
        x = np.where(x @ weights.T.astype(np.float32) + bias >= 0, 1, -1).astype(np.float32)
        for layer in hidden:
            weights, bias = layers[layer]
            # Sums are integers, so that a half less changes no sign.
            y = x @ weights.T.astype(np.float32) + np.floor(bias)
            outside[layer - 1] += int((np.abs(y) > within).sum())
            sums[layer - 1] += y.size
            x = table[y.astype(np.int64) + widest]
        weights, bias = layers[-1]
        classes = (x @ weights.T.astype(np.float32) + bias).argmax(axis=1)
        right += int((classes == np.array(labels[start : start + BATCH])).sum())
    return right, [out / of for out, of in zip(outside, sums)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("images", type=int)
    options = parser.parse_args()
    layers = networks.layers(options.model)
    pictures, labels = networks.pictures(options.model, options.data, options.images)
    found = {}
    for symbols in ("exact", *SYMBOLS):
        right, outside = evaluate(layers, pictures, labels, symbols)
        found[symbols] = {"right": right, "accuracy": right / len(labels), "outside": outside}
    print(json.dumps({"model": options.model, "images": len(labels), "symbols": found}))


if __name__ == "__main__":
    main()
