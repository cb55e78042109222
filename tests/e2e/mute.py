"""A FUSE mount that answers its first request and nothing after it, for one program: mute.py FOLDER PROGRAM ARGUMENT...
To be run in a mount namespace of its own. With the end of the program the mount ends too; its exit status is ours, 75
when there can be no such mount here."""
import ctypes
import os
import struct
import subprocess
import sys

MS_REC, MS_PRIVATE = 0x4000, 1 << 18
libc = ctypes.CDLL("libc.so.6", use_errno=True)


def answer_first(fd):
    unique = struct.unpack("IIQ", os.read(fd, 1 << 20)[:16])[2]
    body = struct.pack("IIIIHHIIHHI7I", 7, 31, 0, 0, 10, 10, 4096, 1, 0, 0, 0, *([0] * 7))
    os.write(fd, struct.pack("IiQ", 16 + len(body), 0, unique) + body)


def main():
    folder, program = os.fsencode(sys.argv[1]), sys.argv[2:]
    libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    try:
        fd = os.open("/dev/fuse", os.O_RDWR)
    except OSError:
        return 75
    options = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
    if libc.mount(b"mute", folder, b"fuse.mute", 0, options):
        return 75
    answer_first(fd)
    return subprocess.run(program, stdin=subprocess.DEVNULL, timeout=100).returncode


sys.exit(main())
