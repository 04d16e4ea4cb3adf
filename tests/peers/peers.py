#!/usr/bin/env python3
"""Other people's programs on the same networks and pictures, on this machine.

    python3 tests/peers/peers.py mpyc mnist-bmlp --images 3 --signs 3
    python3 tests/peers/peers.py crypten mnist-mlp --images 10
    python3 tests/peers/peers.py blindsight mnist-bmlp --images 10 --signs 3

Installs the peer from PyPI into a virtual environment of its own and prints one line of JSON. Needs
nothing but Python, and for `blindsight` its programs, built in release mode.
"""

import argparse
import json
import os
import pathlib
import platform
import signal
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
# CrypTen pins packages that it only needs for its examples.
WITHOUT_DEPENDENCIES = {"mpyc": [], "crypten": ["crypten==0.4.1"]}
# Whose environment a program shares.
ENVIRONMENTS = {"mpyc": "mpyc", "crypten": "crypten", "symbols": "mpyc"}
PROGRAMS = {
    "mpyc": "mpyc_bnn.py",
    "crypten": "crypten_nets.py",
    "blindsight": "blindsight.py",
    # No peer, but the clear model of one, to check ours by.
    "symbols": "symbols.py",
}


def installed(peer, folder):
    """The interpreter of an environment in which the peer is installed."""
    peer = ENVIRONMENTS.get(peer)
    if peer is None:
        return sys.executable
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


def run(command, limit):
    """What a program prints. The parties that it starts end with it."""
    program = subprocess.Popen(
        command, cwd=HERE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        output, _ = program.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise SystemExit(f"no result within {limit} s; try again, or say --limit")
    finally:
        try:
            os.killpg(program.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    if program.returncode != 0:
        raise SystemExit(f"it ended with {program.returncode}:\n{output}")
    return output


def size(folder):
    """The bytes of all files in a folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=sorted(PROGRAMS))
    parser.add_argument("model", help="a bundled network: a binarised one for mpyc, another one for crypten")
    parser.add_argument("--images", type=int, default=3, help="how many test pictures")
    parser.add_argument("--parties", type=int, default=3, help="how many parties, but for crypten")
    parser.add_argument(
        "--signs",
        choices=["exact", "1", "3", "5"],
        default="3",
        help="how signs are found: exact or 3 with mpyc, not with crypten",
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
    parser.add_argument("--limit", type=int, default=600, help="seconds that it may take")
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
    if options.peer == "blindsight":
        command += [str(options.parties), options.signs]
    if options.peer == "mpyc":
        command.append(options.signs)
    output = run(command, options.limit)
    lines = [line for line in output.splitlines() if line.startswith("{")]
    if len(lines) != 1:
        raise SystemExit(f"{options.peer} failed:\n{output}")
    result = json.loads(lines[0])
    result["python"] = platform.python_version()
    result["machine"] = platform.machine()
    result["cores"] = os.cpu_count()
    environment = options.environments / options.peer
    if environment.exists():
        result["environment_bytes"] = size(environment)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
