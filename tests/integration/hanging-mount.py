#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# hanging-mount.py DIR: mounts a filesystem in which every file hangs whoever opens it, as a server that went away
# does: not even SIGKILL ends that process before this program does. Prints "ready".
import os
import signal
import struct
import sys
import time

LOOKUP, GETATTR, OPEN, INIT, OPENDIR, FORGET, BATCH_FORGET, INTERRUPT = 1, 3, 14, 26, 27, 2, 42, 36
ENOSYS = 38
DIRECTORY, FILE = 0o40755, 0o100644


def attributes(node):
    mode = DIRECTORY if node == 1 else FILE
    return struct.pack("<QQQQQQIIIIIIIIII", node, 0, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def reply(fd, unique, body=b"", error=0):
    os.write(fd, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)


def serve(fd):
    while True:
        try:
            request = os.read(fd, 1 << 17)
        except PermissionError:  # not mounted yet
            time.sleep(0.01)
            continue
        except OSError:  # unmounted
            return
        _, opcode, unique, node = struct.unpack("<IIQQ", request[:24])
        if opcode == INIT:
            major, minor = struct.unpack("<II", request[40:48])
            reply(fd, unique, struct.pack("<IIIIHHIIHHIIIIIII", 7, min(minor, 31), 0, 0, 0, 0, 4096, 1, 0, 0, *[0] * 7))
        elif opcode == GETATTR:
            reply(fd, unique, struct.pack("<QII", 3600, 0, 0) + attributes(node))
        elif opcode == LOOKUP:
            reply(fd, unique, struct.pack("<QQQQII", 2, 0, 3600, 3600, 0, 0) + attributes(2))
        elif opcode in (OPEN, FORGET, BATCH_FORGET, INTERRUPT):
            pass  # no answer
        else:
            reply(fd, unique, error=ENOSYS)


def mount(fd, directory):
    os.set_inheritable(fd, True)
    options = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other"
    command = ["mount", "--internal-only", "-t", "fuse.hang", "-o", options, "hang", directory]
    ok = os.spawnvp(os.P_WAIT, command[0], command) == 0
    print("ready" if ok else "mount failed", flush=True)
    if not ok:
        os.kill(os.getppid(), signal.SIGTERM)


def main():
    fd = os.open("/dev/fuse", os.O_RDWR)
    # mount(8) itself asks the new filesystem things: it must be served meanwhile.
    if os.fork() == 0:
        mount(fd, sys.argv[1])
        os._exit(0)
    serve(fd)


main()
