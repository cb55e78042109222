#!/usr/bin/env python3
"""Refuses libraries that look at the machine before main(): what they read there is outside of --root, of every bound
and of the sandbox. Argument: the program. A library that somebody else's library brings along cannot be left out: then
it is named, and the check only refuses what the program itself asks for."""
import re
import subprocess
import sys

# libselinux's constructor reads /proc/filesystems, /proc/mounts and /etc/selinux/config; the others bring it along.
REFUSED = ("libselinux.so", "libmount.so", "libblkid.so", "libgio-2.0.so", "libaudit.so")


def needed(path):
    dynamic = subprocess.run(["readelf", "-d", path], capture_output=True, text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)


def main(program):
    asked = [name for name in needed(program) if name.startswith(REFUSED)]
    for name in asked:
        print(f"{program} is linked with {name}")
    loaded = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    for name, path in re.findall(r"(\S+) => (\S+)", loaded):
        if name.startswith(REFUSED) and name not in asked:
            users = [user for user, file in re.findall(r"(\S+) => (\S+)", loaded) if name in needed(file)]
            print(f"note: {name} comes with {', '.join(users)}")
    return 1 if asked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
