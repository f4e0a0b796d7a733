#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""foreign-call.py FILE i386|x32|x86-64: writes a program for x86-64 that calls mkdir("/tmp/made") by the system calls of
that architecture, and ends with the errno that it got, or 0.
"""
import os
import struct
import sys

CODE = {
    # mov eax, 39; mov ebx, path; mov ecx, 0755; int 0x80
    "i386": b"\xb8\x27\0\0\0\xbb%b\xb9\xed\x01\0\0\xcd\x80",
    # mov eax, number; mov edi, path; mov esi, 0755; syscall
    "x32": b"\xb8\x53\0\0\x40\xbf%b\xbe\xed\x01\0\0\x0f\x05",
    "x86-64": b"\xb8\x53\0\0\0\xbf%b\xbe\xed\x01\0\0\x0f\x05",
}
BASE, HEADERS = 0x400000, 64 + 56
# neg eax; mov edi, eax; mov eax, 60 (exit); syscall
END = b"\xf7\xd8\x89\xc7\xb8\x3c\0\0\0\x0f\x05"

template = CODE[sys.argv[2]]
path = BASE + HEADERS + len(template) - 2 + 4 + len(END)
code = template % struct.pack("<I", path) + END + b"/tmp/made\0"
header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, BASE + HEADERS, 64, 0, 0, 64, 56, 1, 0, 0, 0)
size = HEADERS + len(code)
segment = struct.pack("<IIQQQQQQ", 1, 5, 0, BASE, BASE, size, size, 4096)
with open(sys.argv[1], "wb") as file:
    file.write(header + segment + code)
os.chmod(sys.argv[1], 0o755)
