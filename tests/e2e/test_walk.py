"""The walk over the file systems: a file is found wherever it lies, or the place is named. Each in mounts of its own."""
import json
import os
import subprocess

import pytest
from conftest import PLUMBLINE, environment

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

KINDS = {"setuid": "setuid", "writable": "world-writable", "capability": "capability", "unowned": "unowned"}
RULES = "module: mine\nlayer: cloud\ntitle: Mine\nrules:\n" + "".join(
    f"- id: no-{name}\n  title: None of {name}\n  severity: high\n  rationale: For the test.\n  check:\n"
    f"    filesystem-scan: {{find: {find}}}\n    existence: none\n  fix: {{text: Look.}}\n"
    for name, find in KINDS.items()
) + """- id: no-setuid-in-usr
  title: None in usr
  severity: high
  rationale: For the test.
  check:
    filesystem-scan: {find: setuid, below: [/usr]}
    existence: none
  fix: {text: Look.}
"""


@pytest.fixture
def walk(checks, root):
    """walk(shell) -> results by rule, of an audit of the root after the shell's mounts; $R is the root."""
    folder = checks(RULES)
    (root / "etc" / "group").write_text("root:x:0:\n")

    def go(shell, *, live=False, timeout=120):
        target = ["--root", "/" if live else str(root)]  # "/": with the mounts of here, not those of process 1
        command = [PLUMBLINE, "audit", "--only-checks", "--checks", str(folder), "--output", "json", *target]
        # plant FOLDER [NAME]: a setuid program
        script = """set -e
plant() { mkdir -p "$1"; cp /bin/true "$1/${2:-su}"; chmod 4755 "$1/${2:-su}"; }
cd "$R"
""" + shell + '\ncd /\nset +e\nexec "$@"\n'
        process = subprocess.run(
            ["unshare", "-m", "--propagation", "private", "sh", "-c", script, "sh", *command],
            capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
            env=environment({"R": str(root)}),
        )
        assert process.stdout, process.stderr
        return {result["rule"]: result for result in json.loads(process.stdout)["results"]}

    return go


def hits(result):
    return [item["subject"] for item in result["items"] if item["verdict"] == "fail"]


def assert_found(results, path, rule="no-setuid"):
    assert (results[rule]["verdict"], hits(results[rule])) == ("fail", [path])


def test_nothing_is_a_pass(walk):
    results = walk("mkdir -p home usr")
    assert {result["verdict"] for result in results.values()} == {"pass"}


FOUND = {
    "a mount of its own": ("mkdir home; mount -t tmpfs none home; plant home", "/home/su"),
    "a mount in a mount": (
        "mkdir home; mount -t tmpfs none home; mkdir home/a; mount -t ramfs none home/a; plant home/a", "/home/a/su"),
    "the root is a mount": ('mount -t tmpfs none "$R"; cd "$R"; plant opt', "/opt/su"),
    "an overlay": (
        "mkdir usr l; mount -t tmpfs none l; mkdir l/lower l/upper l/work;"
        "mount -t overlay -o lowerdir=l/lower,upperdir=l/upper,workdir=l/work none usr;"
        "umount -l l; plant usr", "/usr/su"),
    "the name of storage in no home": ("plant srv/x/.local/share/docker", "/srv/x/.local/share/docker/su"),
    "the place of storage without an engine": ("plant var/lib/docker/overlay2/x", "/var/lib/docker/overlay2/x/su"),
    "machines": ("plant var/lib/machines", "/var/lib/machines/su"),
    "beside a machine's tree": ("mkdir -m 700 -p var/lib/machines; plant var/lib/machines/m", "/var/lib/machines/m/su"),
    "a bind mount whose source is covered": (
        "plant home/source; mkdir home/bind; mount --bind home/source home/bind; mount -t tmpfs none home/source",
        "/home/bind/su"),
    "what a bind mount shows below another mount": (
        "plant home/in/deep; mkdir bind; mount --bind home bind; mount -t tmpfs none home/in", "/bind/in/deep/su"),
    "a file that is mounted": ("plant out; mkdir usr; touch usr/f; mount --bind out/su usr/f; rm -rf home; "
                               "mount -t tmpfs none out", "/usr/f"),
    "a mount on a name with blanks": (
        "mkdir 'a b'; mount -t tmpfs none 'a b'; plant 'a b'", "/a b/su"),
    "a storage that is one": (
        "mkdir -p var/lib/docker/image var/lib/docker/volumes var/lib/docker/containers; plant var/lib/docker/x",
        "/var/lib/docker/x/su"),
    "an image that everybody can reach": (
        "mkdir -p var/lib/docker/image var/lib/docker/volumes var/lib/docker/containers;"
        "plant var/lib/docker/overlay2/x/diff", "/var/lib/docker/overlay2/x/diff/su"),
    "129 levels": (
        "mkdir home; mount -t tmpfs none home; p=home; i=0; while [ $i -lt 129 ]; do p=$p/d; i=$((i + 1)); done; plant $p", "/home" + "/d" * 129 + "/su"),
}


@pytest.mark.parametrize("place", FOUND)
def test_found(walk, place):
    shell, path = FOUND[place]
    assert_found(walk(shell), path)


def test_a_bind_mount_is_not_told_twice(walk):
    assert_found(walk("plant home; mkdir bind; mount --bind home bind"), "/home/su")


def test_an_image_that_nobody_reaches_is_the_containers_business(walk):
    results = walk("mkdir -p var/lib/docker/image var/lib/docker/volumes var/lib/docker/containers;"
                   "plant var/lib/docker/overlay2/x/diff; touch var/lib/docker/open; chmod 666 var/lib/docker/open;"
                   "chmod 710 var/lib/docker")
    assert (results["no-setuid"]["verdict"], results["no-writable"]["verdict"]) == ("pass", "pass")


def test_on_the_running_machine(walk, root):
    results = walk("mkdir m; mount -t tmpfs none m; plant m", live=True)
    assert f"{root}/m/su" in hits(results["no-setuid"])


def test_a_link_as_the_root(walk, root, tmp_path, monkeypatch):
    link = tmp_path / "link"
    link.symlink_to(root)
    results = walk(f"mkdir home; mount -t tmpfs none home; plant home; set -- $(echo \"$@\" | sed 's|{root}|{link}|')")
    assert_found(results, "/home/su")


def test_a_root_among_mounts_of_others(walk, root):
    """What is mounted in another process's root is in no table that was read: nothing there is a pass."""
    results = walk("""unshare -m sh -c 'mount -t tmpfs none "$0"; mkdir usr; mount -t ramfs none usr; sleep 60' "$R" 2>&1 >/dev/null &
trap "kill $!" EXIT; sleep 1
"$@" --root /proc/$!/root"$R"; exit""".replace("exit", "exit 0"), live=True)
    assert "pass" not in {result["verdict"] for result in results.values()}


def test_many_long_mounts(walk):
    """More than 8 MiB of mount table."""
    results = walk("""python3 - <<'END'
import os, subprocess, ctypes
libc = ctypes.CDLL("libc.so.6", use_errno=True)
os.mkdir("m")
fd, length = os.open("m", os.O_RDONLY), len(os.getcwd()) + 2
while length + 201 < 3850:
    os.mkdir("d" * 200, dir_fd=fd)
    fd, length = os.open("d" * 200, os.O_RDONLY, dir_fd=fd), length + 201
os.fchdir(fd)
for i in range(2300):
    os.mkdir(f"m{i}")
    assert libc.mount(b"none", f"m{i}".encode(), b"tmpfs", 0, b"size=4k") == 0
with open("m2299/su", "w") as file:
    os.fchmod(file.fileno(), 0o4755)
with open("/proc/self/mountinfo") as file:
    assert len(file.read()) > 8 << 20
END""", timeout=300)
    assert results["no-setuid"]["verdict"] == "fail"
    assert [subject.endswith("/m2299/su") for subject in hits(results["no-setuid"])] == [True]


def test_one_users_junk_decides_nothing_for_others(walk, root):
    """Thousands of files of his own, as deep as he likes: root's file is listed, and what he has not stays a pass."""
    (root / "etc" / "passwd").write_text("root:x:0:0::/root:/bin/sh\nu:x:1000:0::/home/u:/bin/sh\n")
    junk = """plant usr; mkdir home; mount -t tmpfs none home
python3 - <<'END'
import os
os.makedirs("home/u/junk")
for i in range(2500):
    for mode in (0o4755, 0o666):
        with open(f"home/u/junk/{mode}.{i}", "w") as file:
            os.fchown(file.fileno(), 1000, 0)
            os.fchmod(file.fileno(), mode)
fd = os.open("home/u", os.O_RDONLY)
for i in range(3000):
    os.mkdir("d", dir_fd=fd)
    fd, old = os.open("d", os.O_RDONLY, dir_fd=fd), fd
    os.close(old)
END"""
    results = walk(junk)
    assert "/usr/su" in hits(results["no-setuid"])
    assert_found(results, "/usr/su", "no-setuid-in-usr")
    assert results["no-writable"]["verdict"] == "fail"
    assert (results["no-capability"]["verdict"], results["no-unowned"]["verdict"]) == ("pass", "pass")


def test_removed_while_it_is_read(walk):
    """Directories that come and go make nothing unknown. Who makes them keeps standard output open, and is waited for."""
    results = walk("""mkdir home
(i=0; while [ $i -lt 300 ]; do p=home/x$((i % 7)); mkdir -p $p/1/2/3; rm -rf $p; i=$((i + 1)); done) 2>/dev/null &
""")
    assert results["no-setuid"]["verdict"] == "pass"
