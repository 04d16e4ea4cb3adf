"""A bundled network among compute parties of ours, each a process: what `peers.py` compares others with.

Started by `peers.py`; takes the programs of `cargo build --release -p blindsight -p relay-server`, or those
that BLINDSIGHT_BIN and BLINDSIGHT_RELAY_BIN name. Prints a line of JSON.
"""

import argparse
import collections
import gzip
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import threading
import time

TARGET = pathlib.Path(__file__).resolve().parents[2] / "target" / "release"
FOLDERS = {"mnist": "mnist", "fashion": "fashion-mnist"}


def program(variable, name):
    return os.environ.get(variable, str(TARGET / name))


def start(*command, stdout=subprocess.PIPE):
    return subprocess.Popen([str(one) for one in command], stdout=stdout, text=True)


def first(process):
    """The first line of a program that goes on running. What else it prints is taken to no end: a program
    whose output nobody takes stands still."""
    line = process.stdout.readline()
    if not line:
        raise SystemExit(f"{process.args} ended with {process.wait()}")
    threading.Thread(target=collections.deque, args=(process.stdout, 0), daemon=True).start()
    return json.loads(line)


def unpacked(folder, source):
    """A file without its gzip: the command line takes either, this saves time while measuring."""
    target = pathlib.Path(folder) / source.name.removesuffix(".gz")
    target.write_bytes(gzip.decompress(source.read_bytes()))
    return target


def measure(options, folder):
    blindsight = program("BLINDSIGHT_BIN", "blindsight")
    relay = start(
        program("BLINDSIGHT_RELAY_BIN", "blindsight-relay"), "--listen", "127.0.0.1:0", "--json"
    )
    address = first(relay)["address"]
    host = start(
        *(blindsight, "host", "--relay", f"ws://{address}", "--model", options.model, "--json"),
        *("--engine", "shamir", "--parties", options.parties, "--signs", options.signs),
        *("--budget", 100000),
    )
    room = first(host)
    everybody = [relay, host]
    for _ in range(options.parties):
        party = start(blindsight, "party", room["party_invite"], stdout=subprocess.DEVNULL)
        everybody.append(party)
    data = pathlib.Path(options.data) / FOLDERS[options.model.split("-")[0]]
    # One more: until it is there, the weights are shared and the first masks made.
    count = options.images + 1
    data_owner = start(
        *(blindsight, "classify", room["data_owner_invite"], "--json", "--batch", 1),
        *("--pool", 1, "--patience", 300, "--range", f"0..{count}"),
        *("--idx", unpacked(folder, data / "t10k-images-idx3-ubyte.gz")),
        *("--labels", unpacked(folder, data / "t10k-labels-idx1-ubyte.gz")),
    )
    lines, times = [], []
    for line in data_owner.stdout:
        lines.append(json.loads(line))
        times.append(time.perf_counter())
    if data_owner.wait() != 0:
        raise SystemExit("the data owner failed")
    for process in everybody:
        process.terminate()
    pictures, parties = lines[1:count], room["plan"]["parties"]
    return {
        "peer": "blindsight",
        "model": options.model,
        "parties": options.parties,
        "signs": options.signs,
        "images": len(pictures),
        "right": sum(one["class"] == one["expected"] for one in pictures),
        # From one class to the next, masks included; and from a picture to its class alone.
        "seconds_per_image": (times[count - 1] - times[0]) / options.images,
        "online_seconds": statistics.median(one["online_ms"] for one in pictures) / 1e3,
        # All parties' messages to each other, and the data owner's.
        "bytes_per_image": parties["onlineBytes"]
        + parties["offlineBytes"]
        + room["plan"]["onlineBytes"]
        + room["plan"]["offlineBytes"],
        "online_bytes": parties["onlineBytes"],
        "masks_bytes": parties["offlineBytes"],
        "rounds": parties["rounds"],
        "kappa": parties["kappa"],
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("images", type=int)
    parser.add_argument("parties", type=int)
    parser.add_argument("signs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(options, folder)))


if __name__ == "__main__":
    main()
