#!/usr/bin/env python3
"""Other people's programs on the same networks and pictures, on this machine.

    python3 tests/peers/peers.py mpyc mnist-bmlp --images 3 --signs 3
    python3 tests/peers/peers.py crypten mnist-mlp --images 10

Installs the peer from PyPI into a virtual environment of its own and prints one line of JSON. Needs
nothing but Python.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
# CrypTen pins packages that it only needs for its examples.
WITHOUT_DEPENDENCIES = {"mpyc": [], "crypten": ["crypten==0.4.1"]}
PROGRAMS = {"mpyc": "mpyc_bnn.py", "crypten": "crypten_nets.py"}


def installed(peer, folder):
    """The interpreter of an environment in which the peer is installed."""
    python = folder / peer / "bin" / "python"
    done = folder / peer / "installed"
    requirements = HERE / f"requirements-{peer}.txt"
    if done.exists() and done.read_text() == requirements.read_text():
        return python
    venv.create(folder / peer, with_pip=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", requirements], check=True, stdout=sys.stderr)
    for package in WITHOUT_DEPENDENCIES[peer]:
        subprocess.run([*pip, "--no-deps", package], check=True, stdout=sys.stderr)
    done.write_text(requirements.read_text())
    return python


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=sorted(PROGRAMS))
    parser.add_argument("model", help="a bundled network: binarised for mpyc, others for crypten")
    parser.add_argument("--images", type=int, default=3, help="how many test pictures")
    parser.add_argument("--parties", type=int, default=3, help="with mpyc: how many parties")
    parser.add_argument(
        "--signs", choices=["exact", "3"], default="3", help="with mpyc: how signs are found"
    )
    parser.add_argument(
        "--data",
        default=os.environ.get("BLINDSIGHT_DATA"),
        help="the folder of the data sets (BLINDSIGHT_DATA)",
    )
    parser.add_argument(
        "--environments",
        type=pathlib.Path,
        default=pathlib.Path.home() / ".cache" / "blindsight-peers",
        help="where the virtual environments are kept",
    )
    options = parser.parse_args()
    if not options.data:
        parser.error("say with --data where the data sets are")
    try:
        python = installed(options.peer, options.environments)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"{options.peer} cannot be installed here: {error}")
    command = [python, HERE / PROGRAMS[options.peer]]
    if options.peer == "mpyc":
        # MPyC's own options come first: so many parties, and no log.
        command += ["-M", str(options.parties), "--no-log"]
    command += [options.model, options.data, str(options.images)]
    if options.peer == "mpyc":
        command.append(options.signs)
    ran = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, text=True)
    lines = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    if ran.returncode != 0 or len(lines) != 1:
        raise SystemExit(f"{options.peer} failed:\n{ran.stdout}")
    result = json.loads(lines[0])
    result["python"] = platform.python_version()
    result["machine"] = platform.machine()
    result["cores"] = os.cpu_count()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
