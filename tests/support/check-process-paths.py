#!/usr/bin/env python3
"""Fails where code above the host floor puts the path of a process's folder together by its number.

/proc/PID is what its first thread shows, which may have ended while the process goes on: host_process_file()
(core/host/process.h) names the folder of a thread that lives.

Usage: check-process-paths.py"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
found = 0
for path in sorted((ROOT / "core").rglob("*.c")):
    if "host" in path.relative_to(ROOT / "core").parts[:1]:
        continue
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if re.search(r'"/proc/%(d|i|u|s)[/"]', line):
            print(f"{path.relative_to(ROOT)}:{number}: host_process_file() names the folder of a process")
            found += 1
print(f"process paths: {found} put together by number")
sys.exit(found > 0)
