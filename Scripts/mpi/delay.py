#!/usr/bin/env python3
"""A network between namespaces of this machine, in which every packet arrives some time after it was sent.

usage: delay.py SECONDS NAMESPACE…

Namespace i, counted from 1, gets the device svm0 with the address 10.77.0.i. The kernel's netem does the same where
it is built in; this works wherever there are TUN devices. Runs until SIGTERM, and then prints as JSON how many
packets it delivered, and how long they took in the mean. For root.
"""
import collections
import ctypes
import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time

DEVICE = "svm0"
# Packets as large as TCP makes them, so that few have to be carried.
LARGEST_PACKET = 65000
CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000


def enter(network):
    """Moves this process into a network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(network, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "cannot enter a network namespace")


def opened(namespace, address):
    """Makes the device of a namespace; returns what its packets are read from and written to."""
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    enter(there)
    try:
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH14x", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
        for command in (
            ["ip", "address", "add", f"{address}/24", "dev", DEVICE],
            ["ip", "link", "set", DEVICE, "mtu", str(LARGEST_PACKET), "txqueuelen", "10000", "up"],
        ):
            subprocess.run(command, check=True)
    finally:
        enter(here)
        os.close(here)
        os.close(there)
    return device


def main():
    delay, namespaces = float(sys.argv[1]), sys.argv[2:]
    devices = [opened(name, f"10.77.0.{number + 1}") for number, name in enumerate(namespaces)]
    running = True
    count, total = 0, 0.0

    def stop(*_):
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    print("ready", flush=True)
    waiting = collections.deque()
    while running:
        now = time.monotonic()
        while waiting and waiting[0][0] + delay <= now:
            sent, device, packet = waiting.popleft()
            try:
                os.write(device, packet)
            except OSError:
                continue  # A packet that finds no room is lost, as in any network; TCP sends it again.
            count, total = count + 1, total + now - sent
        pause = max(0.0, waiting[0][0] + delay - time.monotonic()) if waiting else 0.5
        for device in select.select(devices, [], [], pause)[0]:
            while True:
                try:
                    packet = os.read(device, LARGEST_PACKET + 100)
                except BlockingIOError:
                    break
                # An IPv4 packet has its destination in bytes 16 to 19; the last one is the number of the namespace.
                if packet[0] >> 4 == 4 and 1 <= packet[19] <= len(devices):
                    waiting.append((time.monotonic(), devices[packet[19] - 1], packet))
                if delay == 0:
                    break
    print(json.dumps({"packets": count, "seconds": total / max(count, 1)}))


main()
