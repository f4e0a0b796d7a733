#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""seccomp-agent.py SOCKET: listens, takes one seccomp listener, prints what came with it, and answers each
notification with EXDEV until nobody is left who could send one.
"""
import array
import fcntl
import os
import select
import socket
import struct
import sys

RECEIVE, SEND = 0xC0502100, 0xC0182101  # SECCOMP_IOCTL_NOTIF_RECV, _SEND
EXDEV = 18

path = sys.argv[1]
os.chdir(os.path.dirname(path))
listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
# Whoever waits for the socket's file finds a listener behind it.
listener.bind(os.path.basename(path) + ".new")
listener.listen(1)
os.rename(os.path.basename(path) + ".new", os.path.basename(path))
connection, _ = listener.accept()
payload, ancillary, flags, _ = connection.recvmsg(65536, socket.CMSG_SPACE(64))
fds = array.array("i")
for level, type_, data in ancillary:
    if level == socket.SOL_SOCKET and type_ == socket.SCM_RIGHTS:
        fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
rest = b""
while chunk := connection.recv(65536):
    rest += chunk
print((payload + rest).decode(), flush=True)
print("descriptors", len(fds), flush=True)
poll = select.poll()
poll.register(fds[0], select.POLLIN)
while True:
    events = poll.poll()[0][1]
    if not events & select.POLLIN:
        break
    notification = bytearray(80)
    try:
        fcntl.ioctl(fds[0], RECEIVE, notification)
    except FileNotFoundError:  # the process was killed meanwhile
        continue
    number, pid, _, call = struct.unpack_from("QIIi", notification)
    print("notified", call, flush=True)
    fcntl.ioctl(fds[0], SEND, struct.pack("QqiI", number, 0, -EXDEV, 0))
