"""Counts what the reports of Autobahn's fuzzing client say of a relay.

A relay is no echo: whatever is not a frame of its protocol, a text above all, it refuses in a message of
its own and with a close code of its own. The suite calls that a failure; here it is counted apart.

    python3 autobahn.py reports
"""

import collections
import json
import pathlib
import sys


def verdict(case):
    """What became of one case."""
    if case["behavior"] != "FAILED":
        return case["behavior"].lower()
    messages = [event[1] for event in case["received"] if event[0] == "message"]
    refused = messages and messages[-1].startswith("\x04")
    code = case["remoteCloseCode"] or 0
    if refused and 4000 <= code < 4100:
        return f"refused: {case['remoteCloseReason']}"
    if case["remoteCloseReason"]:
        return f"closed: {code} {case['remoteCloseReason']}"
    return "failed"


def main(folder):
    counted = collections.defaultdict(collections.Counter)
    failed = []
    for file in pathlib.Path(folder).glob("*_case_*.json"):
        case = json.loads(file.read_text())
        chapter = int(case["id"].split(".")[0])
        found = verdict(case)
        counted[chapter][found] += 1
        if found == "failed":
            failed.append(case["id"])
    chapters = {str(chapter): dict(counted[chapter]) for chapter in sorted(counted)}
    print(json.dumps({"chapters": chapters, "failed": sorted(failed)}, indent=2))


main(sys.argv[1])
