#!/usr/bin/env python3
"""Kills trainings at random moments with SIGKILL, goes on from their checkpoints, and compares the models
with those of trainings that nobody disturbed, byte for byte.

usage: Scripts/check-resume.py SVM [MOMENTS [SEED]]
  SVM      the program, .build/release/svm
  MOMENTS  how many trainings to kill, 30 by default; every third one is killed twice, every fifth thrice
  SEED     decides the moments, 1 by default
"""

import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import time

import generated_tables as tables

# Little memory makes small blocks, so that a training of seconds has hundreds of rounds.
SMALL_BLOCKS = ["--memory", "16M"]
CASES = [
    # Single precision does not resolve kernel values that differ in their last digits: the training
    # begins in it, and goes on in double for the last part, which is where it is killed.
    ("refined", "signs", "-t polynomial -d 1 -g 1 -r 1e7 -c 1 --max-iterations 1000000".split()),
    ("one-versus-one", "three", ["-c", "10", "-g", "0.5"]),
    ("regression", "numbers", ["-c", "20", "--epsilon", "0.1", "-g", "0.5"]),
]


def write_data(folder):
    tables.write_signs(os.path.join(folder, "signs.csv"), rows=6000)
    tables.write_classes(os.path.join(folder, "three.csv"), rows=12000, columns=4, classes=3)
    tables.write_numbers(os.path.join(folder, "numbers.csv"), rows=12000, columns=4)


def states(path):
    """The kinds of state that a checkpoint holds, from its header."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    problems = json.loads(header["__metadata__"]["problems"])
    return [p["block"] if p["state"] == "running" else "solved" for p in problems]


def check(svm, folder, moments, seed):
    draw = random.Random(seed)
    kills, failures, resumed, leftovers = 0, 0, {}, 0
    whole = {}
    for name, data, options in CASES:
        model = os.path.join(folder, name + ".model")
        command = [svm, "train", os.path.join(folder, data + ".csv"), "--quiet"]
        command += SMALL_BLOCKS + options
        began = time.monotonic()
        status = subprocess.run(command + ["-o", model]).returncode
        seconds = time.monotonic() - began
        if status not in (0, 3):
            raise SystemExit("%s: the undisturbed training ended with %d" % (name, status))
        whole[name] = (command, open(model, "rb").read(), seconds, status)
        print("%-15s %5.2f s undisturbed, exit %d" % (name, seconds, status), flush=True)

    for moment in range(moments):
        name = CASES[moment % len(CASES)][0]
        command, expected, seconds, expected_status = whole[name]
        part = os.path.join(folder, "part.model")
        checkpoint = os.path.join(folder, "part.checkpoint")
        for path in (part, checkpoint):
            if os.path.exists(path):
                os.remove(path)
        resume, story = [], []
        writing = ["--checkpoint", checkpoint, "--checkpoint-interval", "50ms"]
        for _ in range(1 + (moment % 3 == 2) + (moment % 5 == 4)):
            process = subprocess.Popen(command + ["-o", part] + writing + resume)
            time.sleep(draw.uniform(0.6 if name == "refined" else 0, 1) * seconds)
            if process.poll() is None:
                process.kill()
                kills += 1
            process.wait()
            if os.path.exists(checkpoint):
                resume = ["--resume", checkpoint]
                for state in states(checkpoint):
                    resumed[state] = resumed.get(state, 0) + 1
                story.append("+".join(states(checkpoint)))
            else:
                story.append("no checkpoint")
        status = subprocess.run(command + ["-o", part] + resume).returncode
        if status != expected_status:
            verdict = "FAILED: exit %d" % status
        elif open(part, "rb").read() != expected:
            verdict = "FAILED: another model"
        else:
            verdict = "the same bytes"
        failures += verdict.startswith("FAILED")
        print("%3d %-15s %-40s %s" % (moment + 1, name, ", ".join(story), verdict), flush=True)
    leftovers = len([n for n in os.listdir(folder) if n.startswith(".svm-")])
    print("%d trainings, %d kills, seed %d: %d failures" % (moments, kills, seed, failures))
    print("states gone on from: %s" % (resumed or "none"))
    print("half-written files that kills left behind: %d" % leftovers)
    return failures


def main():
    if not 2 <= len(sys.argv) <= 4:
        print(__doc__.split("\n\n", 1)[1], end="", file=sys.stderr)
        return 64
    svm = os.path.abspath(sys.argv[1])
    moments = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with tempfile.TemporaryDirectory() as folder:
        write_data(folder)
        return 1 if check(svm, folder, moments, seed) else 0


if __name__ == "__main__":
    sys.exit(main())
