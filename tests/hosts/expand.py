"""Short forms of a host, spelled out into what rule tests state and into files of a disk.

  packages   NAME: {version, arch, source, files}       dpkg's status and lists
  rpms       NAME: "VERSION-RELEASE" or {version, files} rpm's SQLite database
  accounts   NAME: {uid, gid, groups, password, shell}: added to /etc/passwd, shadow, group and gshadow
  files      {elf: true}: a hardened program of 700 bytes
  processes  a mapping, so that parts can add to it; listens: ["tcp 0.0.0.0 22", "tcp6 :: 22", "unix /run/x.sock"]"""
import base64
import functools
import ipaddress
import pathlib
import sqlite3
import struct
import tempfile

import yaml

ELF = pathlib.Path(__file__).resolve().parents[1] / "rules/code/elf.yaml"
NOT_ON_DISK = ("/proc/", "/sys/", "/run/", "/dev/")
FIRST_INODE = 20000
IP_HEADING = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
UNIX_HEADING = "Num       RefCount Protocol Flags    Type St Inode Path\n"
STATES = {"tcp": "0A", "udp": "07", "raw": "07"}
STRING, NUMBER, STRINGS = 6, 4, 8


@functools.cache
def hardened_program():
    with ELF.open() as file:
        return yaml.safe_load(file)["hosts"]["good"]["files"]["/usr/bin/tool"]["base64"]


# ---- packages ----

def dpkg_files(packages):
    status, files = [], {}
    for name, said in sorted(packages.items()):
        arch = said.get("arch", "amd64")
        source = f"Source: {said['source']}\n" if "source" in said else ""
        status.append(f"Package: {name}\nStatus: install ok installed\nArchitecture: {arch}\n{source}"
                      f"Version: {said['version']}\n")
        files[f"/var/lib/dpkg/info/{name}.list"] = "".join(f"{path}\n" for path in ["/.", *said.get("files", [])])
    return files | {"/var/lib/dpkg/status": "\n".join(status)}


def rpm_header(name, said):
    """The bytes that rpm keeps of a package (lib/header.c of rpm has the form)."""
    version, release = (said["version"] if isinstance(said, dict) else said).split("-")
    files = said.get("files", []) if isinstance(said, dict) else []
    folders = sorted({path.rpartition("/")[0] + "/" for path in files})
    entries = [(1000, STRING, [name]), (1001, STRING, [version]), (1002, STRING, [release]), (1022, STRING, ["x86_64"]),
               (1044, STRING, [f"{name}-{version}-{release}.src.rpm"])]
    if files:
        entries += [(1116, NUMBER, [folders.index(path.rpartition("/")[0] + "/") for path in files]),
                    (1117, STRINGS, [path.rpartition("/")[2] for path in files]), (1118, STRINGS, folders)]
    index, data = b"", b""
    for tag, kind, values in entries:
        data += b"\0" * (-len(data) % 4 if kind == NUMBER else 0)
        index += struct.pack(">4I", tag, kind, len(data), len(values))
        data += b"".join(struct.pack(">I", value) if kind == NUMBER else value.encode() + b"\0" for value in values)
    return struct.pack(">2I", len(entries), len(data)) + index + data


def rpm_database(packages):
    with tempfile.NamedTemporaryFile() as file:
        database = sqlite3.connect(file.name)
        database.execute("CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
        for name, said in sorted(packages.items()):
            database.execute("INSERT INTO Packages(blob) VALUES(?)", (rpm_header(name, said),))
        database.commit()
        database.close()
        return {"base64": base64.b64encode(pathlib.Path(file.name).read_bytes()).decode()}


# ---- accounts ----

def content_of(said):
    return said["content"] if isinstance(said, dict) else said


def change(files, path, text):
    files[path] = text if isinstance(files[path], str) else files[path] | {"content": text}


def with_line(files, path, line):
    change(files, path, content_of(files[path]) + line)


def add_member(files, path, group, name):
    """The last field of group and gshadow is the members."""
    lines = content_of(files[path]).splitlines()
    changed = [line + ("" if line.endswith(":") else ",") + name if line.startswith(f"{group}:") else line for line in lines]
    change(files, path, "".join(f"{line}\n" for line in changed))


def add_accounts(files, accounts):
    for name, said in accounts.items():
        uid, shell = said["uid"], said.get("shell", "/bin/bash")
        for group in said.get("groups", []):
            add_member(files, "/etc/group", group, name)
            add_member(files, "/etc/gshadow", group, name)
        gid = said.get("gid", uid)
        with_line(files, "/etc/passwd", f"{name}:x:{uid}:{gid}::/home/{name}:{shell}\n")
        with_line(files, "/etc/group", f"{name}:x:{gid}:\n")
        with_line(files, "/etc/gshadow", f"{name}:!::\n")
        with_line(files, "/etc/shadow", f"{name}:{said.get('password', '!')}:19600:{said.get('ages', '0:99999:7:::')}\n")


# ---- sockets ----

def ip_line(kind, address, port, uid, inode):
    packed = ipaddress.ip_address(address).packed
    words = [packed[at:at + 4][::-1].hex().upper() for at in range(0, len(packed), 4)]
    nobody = "0" * len("".join(words))
    return (f"   0: {''.join(words)}:{int(port):04X} {nobody}:0000 {STATES[kind.rstrip('6')]} 00000000:00000000 "
            f"00:00000000 00000000 {uid:5}        0 {inode} 1 0000000000000000 100 0 0 10 0\n")


def socket_files(processes):
    """The kernel's tables; takes `listens` out of the processes and opens the sockets in them."""
    tables = {name: IP_HEADING for name in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")} | {"unix": UNIX_HEADING}
    inode = FIRST_INODE
    for process in processes:
        for number, listen in enumerate(process.pop("listens", []), 3):
            inode += 1
            kind, address, *port = listen.split()
            process.setdefault("fd", {})[str(number)] = f"socket:[{inode}]"
            if kind == "unix":
                tables[kind] += f"0000000000000000: 00000002 00000000 00010000 0001 01 {inode} {address}\n"
            else:
                tables[kind] += ip_line(kind, address, port[0], process.get("uid", 0), inode)
    return {f"/proc/net/{name}": text for name, text in tables.items()}


# ---- both ----

def spelled_out(host):
    """The files with all short forms in them."""
    files = dict(host.get("files", {}))
    add_accounts(files, host.get("accounts", {}))
    if "packages" in host:
        files = dpkg_files(host["packages"]) | files
    if "rpms" in host:
        files["/var/lib/rpm/rpmdb.sqlite"] = rpm_database(host["rpms"])
    for path, said in files.items():
        if isinstance(said, dict) and "elf" in said:
            files[path] = {key: value for key, value in said.items() if key != "elf"} | {"base64": hardened_program()}
    return files


def host(said):
    """What is on the disk: {"files"}."""
    files = spelled_out(said)
    return {"files": {path: one for path, one in files.items() if not path.startswith(NOT_ON_DISK)}}


def live(said):
    """What a rule test states of the running machine."""
    processes = [dict(process) for process in said.get("processes", {}).values()]
    files = socket_files(processes) | spelled_out(said)
    rest = {key: value for key, value in said.items() if key not in ("packages", "rpms", "accounts")}
    return rest | {"processes": processes, "files": files}
