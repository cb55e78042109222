#!/usr/bin/env python3
"""Writes what counts of a real system's root as a part of hosts (parts/NAME.yaml). usage: capture.py ROOT [BASE...]

With BASE, other parts, only what is not in them. Root reads every mode and owner; needs PyYAML and the rules of this
tree, since of programs and kernel symbols only those are kept that a rule or the program names. Left out are comments,
what programs say in scripts, keys, and what is large."""
import fnmatch
import os
import pathlib
import re
import stat
import sys

import yaml
from hosts import PARTS, TOP

TEXT_MAX = 3000
# Nothing of these is asked, or it is a text of somebody's.
LEFT_OUT = """
    /etc/alternatives* /etc/apparmor.d/* /etc/bash_completion* /etc/ca-certificates* /etc/cloud/templates*
    /etc/console-setup* /etc/dbus-1* /etc/debconf.conf /etc/dpkg* /etc/emacs* /etc/gss* /etc/init* /etc/iproute2*
    /etc/kernel* /etc/ld.so.c* /etc/libaudit.conf /etc/locale* /etc/lvm* /etc/magic* /etc/manpath* /etc/mime.types
    /etc/motd /etc/nanorc /etc/netconfig /etc/perl* /etc/protocols /etc/python3* /etc/rc?.d* /etc/rpc /etc/services
    /etc/skel* /etc/ssh/moduli /etc/ssl/* /etc/sudo_logsrvd.conf /etc/terminfo* /etc/vim* /etc/X11* /etc/xattr.conf
    /etc/xdg* /etc/mke2fs* /etc/bindresvport* /etc/ethertypes /etc/wgetrc /etc/inputrc /etc/gai.conf /etc/udev*
    /etc/rmt /etc/resolvconf* /etc/update-motd.d* /etc/polkit-1/* /etc/selinux/semanage.conf /etc/.pwd.lock
    /etc/apt/trusted.gpg.d/* /etc/dhcp/* /usr/share/pam-configs* */README* /var/lib/dpkg/status /etc/libnl-3*
    /etc/logcheck* /etc/ldap* /etc/fuse.conf /etc/supercat* /etc/apport/* /usr/lib/systemd/user* /etc/systemd/user/*
    /etc/adduser.conf /etc/deluser.conf /etc/network/if*
""".split()
WHOLE = ["/etc", "/usr/lib/sysctl.d", "/usr/lib/modprobe.d", "/usr/lib/systemd/system", "/usr/lib/systemd/journald.conf.d",
         "/boot", "/var/log", "/var/spool/cron", "/usr/lib/pam.d", "/usr/share/containers"]
UNITS = "/usr/lib/systemd/system/"
# Of a unit only what says when it starts, as whom and what: the rest is a text of somebody's.
UNIT_WORDS = re.compile(r"\[|(ExecStart|User|Group|Type|WantedBy|Alias|Also|Listen\w+|Socket\w+|Service|On\w+|Condition\w+|"
                        r"Environment\w*|BusName|Sockets|RequiredBy)=")
SECRET = ["/etc/ssh/ssh_host_*_key", "/etc/machine-id"]


class Text(str):
    """Written as a block when it has several lines."""


class Dumper(yaml.SafeDumper):
    """Writes Text."""


Dumper.add_representer(Text, lambda dumper, text: dumper.represent_scalar(
    "tag:yaml.org,2002:str", str(text), style="|" if text.endswith("\n") else None))


def words_of_rules():
    """Absolute paths, kernel symbols and names (of modules) that stand anywhere in rules or the program."""
    paths, symbols = set(), set()
    modules = set(re.findall(r"[\w-]+", (TOP / "checks/cloud/kernel-modules.yaml").read_text().replace("-", "_")))
    for folder, end in ("checks", ".yaml"), ("core", ".c"):
        for file in sorted((TOP / folder).rglob(f"*{end}")):
            text = file.read_text()
            paths.update(re.findall(r"/(?:usr|opt|var|lib|bin|sbin|home|root)/[\w./+@-]+", text))
            symbols.update(re.findall(r"CONFIG_\w+", text))
            if folder == "checks":  # rows of families name symbols without the prefix
                symbols.update(f"CONFIG_{word}" for word in re.findall(r"\b[A-Z][A-Z0-9_]{3,}\b", text))
    return paths, symbols, modules


class Root:
    """A system's root and what is kept of it."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.paths, self.symbols, self.modules = words_of_rules()
        self.files = {}

    def at(self, path):
        return self.root / path.lstrip("/")

    def text_of(self, path, mode):
        """The text that counts; None: too long or no text."""
        if any(fnmatch.fnmatch(path, pattern) for pattern in SECRET):
            return "(left out)\n"
        if path.endswith(("/passwd-", "/group-", "/shadow-", "/gshadow-")):
            return ""
        data = self.at(path).read_bytes()
        if path.startswith(("/boot/vmlinuz", "/boot/initrd", "/boot/System.map", "/var/log/")) or b"\0" in data[:4096]:
            return ""
        text = data.decode("utf-8", "replace")
        if data.startswith(b"#!"):
            return text.split("\n")[0] + "\n"
        if path.startswith("/boot/config-"):
            names = {f"# {symbol} is not set" for symbol in self.symbols} | self.symbols
            return "".join(f"{line}\n" for line in text.splitlines() if line.split("=")[0] in names)
        if path.startswith("/usr/lib/modules/"):
            found = [(re.match(r"[^:]*/([\w-]+)\.ko", line), line) for line in text.splitlines()]
            return "".join(f"{line}\n" for match, line in found if match and match[1].replace("-", "_") in self.modules)
        lines = [re.sub(r"[ \t]+", " ", line).rstrip() for line in text.splitlines()]
        lines = [line for line in lines if line.strip() and not re.match(r"\s*([;]|//|#(?!include))", line)]
        if path.startswith(UNITS) and "." in path:
            lines = [line for line in lines if UNIT_WORDS.match(line)]
        text = "".join(f"{line}\n" for line in lines)
        return text if len(text) <= TEXT_MAX or mode & 0o111 else None

    def keep(self, path):
        entry = self.at(path).lstat()
        mode = stat.S_IMODE(entry.st_mode)
        said = {}
        if stat.S_ISLNK(entry.st_mode):
            said["target"] = os.readlink(self.at(path))
        elif stat.S_ISDIR(entry.st_mode):
            said["type"] = "dir"
        elif stat.S_ISREG(entry.st_mode):
            text = self.text_of(path, mode)
            if self.at(path).read_bytes()[:4] == b"\x7fELF":
                said["elf"] = True
            elif text is None:
                print(f"capture: {path} is left out: too long", file=sys.stderr)
                return
            else:
                said["content"] = Text(text)
        else:
            return
        usual = 0o755 if "type" in said else 0o644
        if "target" not in said and mode != usual:
            said["mode"] = f"{mode:04o}"
        if (entry.st_uid, entry.st_gid) != (0, 0):
            said |= {"uid": entry.st_uid, "gid": entry.st_gid}
        try:
            said["xattrs"] = {"security.capability": self.capability(path)}
        except OSError:
            pass
        self.files[path] = said["content"] if list(said) == ["content"] else said

    def capability(self, path):
        import base64
        return base64.b64encode(os.getxattr(self.at(path), "security.capability", follow_symlinks=False)).decode()

    def is_kept(self, path):
        if any(fnmatch.fnmatch(path, pattern) for pattern in LEFT_OUT):
            return False
        entry = self.at(path).lstat()
        if re.match(r"/usr/lib/modules/[^/]+/modules.(dep|builtin)$", path):
            return True
        special = not stat.S_ISLNK(entry.st_mode) and stat.S_IMODE(entry.st_mode) & 0o6000 and stat.S_ISREG(entry.st_mode)
        if special or path in self.paths:
            return True
        if path.startswith("/usr/lib/systemd/"):
            return path in self.units
        if any(path == folder or path.startswith(folder + "/") for folder in WHOLE):
            return True
        shallow = path.count("/") <= 3 and not path.startswith(("/usr", "/dev", "/proc", "/sys", "/run", "/var/cache"))
        odd = stat.S_IMODE(entry.st_mode) != 0o755 or (entry.st_uid, entry.st_gid) != (0, 0)
        return path.count("/") == 1 or (shallow and stat.S_ISDIR(entry.st_mode) and odd)

    def find_units(self):
        """Those that are wanted, what their links lead to, and what these name."""
        self.units, folder = set(), "/usr/lib/systemd/system"
        names = {p.name for where in (folder, "/etc/systemd/system") for p in self.at(where).glob("*.wants/*")}
        for unit in sorted(names):
            for path in [self.at(folder) / unit, *self.at(folder).glob(f"{unit}.d/*")]:
                # What systemd brings itself starts on every host, and listens to nobody.
                if path.exists() and not unit.startswith(("systemd-", "sys-", "dev-", "proc-")) or "timesyncd" in unit:
                    self.units.add(f"{folder}/{path.relative_to(self.at(folder))}")
        for path in self.at(folder).glob("*.wants/*"):
            if f"{folder}/{path.name}" in self.units:
                self.units.add(f"{folder}/{path.parent.name}/{path.name}")
        for name in "default.target", "multi-user.target", "graphical.target", "docker.socket", "ctrl-alt-del.target":
            if os.path.lexists(self.at(folder) / name):
                self.units.add(f"{folder}/{name}")

    def read(self):
        self.find_units()
        for folder, folders, names in os.walk(self.root):
            inside = "/" + os.path.relpath(folder, self.root).lstrip(".").lstrip("/")
            if inside.startswith(("/proc", "/sys", "/dev", "/run/", "/debootstrap")):
                folders.clear()
                continue
            for name in sorted(folders + names):
                path = f"{inside.rstrip('/')}/{name}"
                if self.is_kept(path):
                    self.keep(path)
        return self.files

    def packages(self):
        """Installed packages of dpkg with the files of theirs that were kept."""
        found = {}
        for stanza in self.at("/var/lib/dpkg/status").read_text().split("\n\n"):
            said = dict(re.findall(r"^(\w+): (.*)$", stanza, re.M))
            if "ok installed" not in said.get("Status", ""):
                continue
            one = {"version": said["Version"]}
            if said["Architecture"] != "amd64":
                one["arch"] = said["Architecture"]
            if said.get("Source", said["Package"]).split()[0] != said["Package"]:
                one["source"] = said["Source"].split()[0]
            info = self.at("/var/lib/dpkg/info")
            lists = [info / f"{said['Package']}.list", info / f"{said['Package']}:{said['Architecture']}.list"]
            owned = next(file for file in lists if file.exists()).read_text().split("\n")
            usr = [re.sub(r"^/(bin|sbin|lib)/", r"/usr/\1/", path) for path in owned]
            files = sorted({path for path in usr if path in self.files and self.is_file(path)})
            found[said["Package"]] = one | ({"files": files} if files else {})
        return found

    def is_file(self, path):
        return isinstance(self.files[path], str) or not {"type", "target"} & set(self.files[path])


def main():
    root, *bases = sys.argv[1:]
    kept = Root(root)
    part = {"files": kept.read(), "packages": kept.packages()}
    for base in bases:
        other = yaml.safe_load((PARTS / f"{base}.yaml").read_text())
        for key, had in other.items():
            part[key] = {name: value for name, value in part[key].items() if name not in had or had[name] != value}
    yaml.dump(part, sys.stdout, Dumper=Dumper, width=118, default_flow_style=None, allow_unicode=True)


if __name__ == "__main__":
    main()
