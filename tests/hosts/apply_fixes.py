#!/usr/bin/env python3
"""Runs the script of `plumbline fix` in a root that is laid out of a stated host, and says what came of it.
usage: apply_fixes.py PLUMBLINE HOST.json FOLDER [WORD...]     in a mount namespace of its own, as root
WORDs go to `plumbline fix`. Prints JSON: {script, output, before, after, undone: reports, grown, changed_twice}.

The root has a static busybox for the commands; those that need a running system or a network are stand-ins that write
down that they were called."""
import hashlib
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys

import layout

TOOLS = ("sh [ awk basename cat chgrp chmod chown cp cut dd dirname echo egrep env expr false find grep head id install ln ls mkdir "
         "mktemp mv printf readlink realpath rm rmdir sed sha256sum sort stat tail tee test touch tr true uniq wc xargs").split()
STAND_INS = ("systemctl sysctl apt-get apt dnf yum zypper service ufw nft iptables ip6tables firewall-cmd augenrules auditctl modprobe "
             "rmmod update-grub update-initramfs grub2-mkconfig dracut dpkg-reconfigure aa-enforce apparmor_parser setsebool restorecon "
             "docker podman crictl loginctl chage passwd usermod useradd groupmod systemd-tmpfiles mount umount udevadm grubby "
             "pam-auth-update authselect update-crypto-policies timedatectl hostnamectl journalctl newaliases postfix kubectl "
             "kubeadm etcdctl faillock localectl systemd-analyze dconf aide aideinit visudo sshd ssh-keygen setfacl getfacl").split()
# Where the tools lie is no part of the system that is audited.
OWN = "run/fix-tools"


def add_tools(root):
    folder = root / OWN
    folder.mkdir(parents=True)
    shutil.copyfile(shutil.which("busybox"), folder / "busybox")
    (folder / "busybox").chmod(0o755)
    for name in TOOLS:
        (folder / name).symlink_to("busybox")
    for name in STAND_INS:
        (folder / name).write_text(f'#!/{OWN}/sh\necho "{name} $*" >>/{OWN}/called\n')
        (folder / name).chmod(0o755)


def seen(root):
    """path -> (mode, owner, content) of all that is not ours."""
    found = {}
    for folder, folders, files in os.walk(root):
        here = pathlib.Path(folder)
        if here == root / "run":
            folders[:] = []
            continue
        for name in folders + files:
            path = here / name
            st = path.lstat()
            data = os.readlink(path) if stat.S_ISLNK(st.st_mode) else path.read_bytes() if stat.S_ISREG(st.st_mode) else b""
            data = data.encode() if isinstance(data, str) else data
            found["/" + str(path.relative_to(root))] = (stat.S_IMODE(st.st_mode), st.st_uid, st.st_gid,
                                                       hashlib.sha256(data).hexdigest())
    return found


def grown(before, after):
    """Rights of files and directories that were there: bits that were not, owners who are not root and were not before."""
    lines = []
    for path, (mode, uid, gid, _) in before.items():
        if path not in after:
            continue
        new_mode, new_uid, new_gid, _ = after[path]
        if new_mode & ~mode:
            lines.append(f"{path}: {mode:04o} -> {new_mode:04o}")
        if (new_uid not in (uid, 0)) or (new_gid not in (gid, 0) and new_mode & 0o070):
            lines.append(f"{path}: {uid}:{gid} -> {new_uid}:{new_gid}")
    return lines


def audit(plumbline, root):
    process = subprocess.run([plumbline, "audit", "--root", root, "--output", "json", "--fail-on", "none", "--progress", "none"],
                             capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    return json.loads(process.stdout)


def main():
    plumbline, stated, root = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    words = sys.argv[4:]
    layout.lay(json.loads(stated.read_text())["files"], root)
    add_tools(root)
    kept = stated.parent / "before.json"

    def script(*more):
        return subprocess.run([plumbline, "fix", kept, *words, *more], capture_output=True, text=True, check=True).stdout

    # A busybox takes its own program for a command before it looks into PATH.
    functions = "".join(f'{name}() {{ echo "{name} $*" >>/{OWN}/called; }}\n' for name in STAND_INS if name.isalnum())

    def run(text):
        (root / OWN / "script").write_text(functions + text)
        done = subprocess.run([shutil.which("chroot"), root, f"/{OWN}/sh", f"/{OWN}/script", "--any-host"], capture_output=True, text=True,
                              env={"PATH": f"/{OWN}"}, timeout=120, stdin=subprocess.DEVNULL)
        return done.stdout + done.stderr

    before = audit(plumbline, root)
    kept.write_text(json.dumps(before))
    first = seen(root)
    text = script()
    output = run(text)
    second = seen(root)
    after = audit(plumbline, root)
    run(text)
    third = seen(root)
    run(script("--undo"))
    print(json.dumps({
        "script": text, "output": output, "before": before, "after": after, "undone": audit(plumbline, root),
        "grown": grown(first, second),
        "changed_twice": sorted(path for path in second | third if second.get(path) != third.get(path)),
    }))


if __name__ == "__main__":
    main()
