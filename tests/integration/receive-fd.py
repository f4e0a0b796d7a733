#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""receive-fd.py SOCKET terminal|pidfd: listens, takes one descriptor and says on standard output what it is.

terminal: the payload, then everything that can be read from the terminal until its other side is closed; lines of
the file SOCKET.input are typed into it first.   pidfd: the number behind "Pid:" in its fdinfo.
"""
import array
import os
import socket
import sys

path, kind = sys.argv[1:3]
# A path of more than 107 bytes has to be reached by its directory.
os.chdir(os.path.dirname(path))
listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
# Whoever waits for the socket's file finds a listener behind it.
listener.bind(os.path.basename(path) + ".new")
listener.listen(1)
os.rename(os.path.basename(path) + ".new", os.path.basename(path))
connection, _ = listener.accept()
payload, ancillary, flags, _ = connection.recvmsg(4096, socket.CMSG_SPACE(64))
fds = array.array("i")
for level, type_, data in ancillary:
    if level == socket.SOL_SOCKET and type_ == socket.SCM_RIGHTS:
        fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
print("received", len(fds), "payload", payload.decode(), flush=True)
fd = fds[0]
if kind == "pidfd":
    with open(f"/proc/self/fdinfo/{fd}") as info:
        print([line.split()[1] for line in info if line.startswith("Pid:")][0], flush=True)
else:
    if os.path.exists(os.path.basename(path) + ".input"):
        with open(os.path.basename(path) + ".input", "rb") as typed:
            os.write(fd, typed.read())
    while True:
        try:
            data = os.read(fd, 4096)
        except OSError:  # EIO: nobody has the other side open
            break
        if not data:
            break
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    print("hung up", flush=True)
