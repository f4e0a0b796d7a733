#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""without-call.py NUMBER ERRNO COMMAND...: runs it where the system call of that number is refused with that errno, as on a
kernel that does not have it, or behind a seccomp filter that does not know it. Needs CAP_SYS_ADMIN.
"""
import ctypes
import os
import struct
import sys

LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2


def statement(code, yes, no, k):
    return struct.pack("=HBBI", code, yes, no, k)


def main():
    number, errno = int(sys.argv[1]), int(sys.argv[2])
    code = b"".join([
        statement(LOAD, 0, 0, 0),  # seccomp_data.nr
        statement(EQUAL, 0, 1, number),
        statement(RETURN, 0, 0, ERRNO | errno),
        statement(RETURN, 0, 0, ALLOW),
    ])
    room = ctypes.create_string_buffer(code)
    program = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(room)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) != 0:
        sys.exit("cannot load the filter: " + os.strerror(ctypes.get_errno()))
    os.execvp(sys.argv[3], sys.argv[3:])


main()
