#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""sched-attr.py PID: what sched_getattr(2) says: "policy flags nice priority runtime deadline period"."""
import ctypes
import os
import struct
import sys

number = {"x86_64": 315, "aarch64": 275, "riscv64": 275}[os.uname().machine]
buffer = ctypes.create_string_buffer(56)
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(number, int(sys.argv[1]), buffer, len(buffer), 0) < 0:
    sys.exit(os.strerror(ctypes.get_errno()))
_, policy, flags, nice, priority, runtime, deadline, period, _, _ = struct.unpack("IIQiIQQQII", buffer.raw)
print(policy, flags, nice, priority, runtime, deadline, period)
