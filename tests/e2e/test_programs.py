"""Programs that give something to whoever starts them: those that a container's image has, and those that were made so
while it runs. Each is tried from inside as an ordinary user, and plumbline says what came of it."""
import secrets
import struct
import subprocess
import tarfile

import pytest
from conftest import audit
from engines import NEEDS_DOCKER, Docker

pytestmark = NEEDS_DOCKER

PREFIX = f"programs-{secrets.token_hex(4)}-"
USER = ["--network", "none", "--user", "20000:20000"]
SEALED = ["--security-opt", "no-new-privileges"]
# name -> options. In "made" and its twin /bin/become becomes setuid after the start; the image "capable" has it with
# cap_dac_override=ep.
CONTAINERS = {
    "made": ["--cap-drop", "ALL"],
    "made-sealed": ["--cap-drop", "ALL", *SEALED],
    "made-for-root": ["--cap-drop", "ALL"],
    "plain": ["--cap-drop", "ALL"],
    "capable": [],
    "capable-sealed": [*SEALED],
    "capable-bound": ["--cap-drop", "DAC_OVERRIDE"],
}
MADE = {"made": "4755", "made-sealed": "4755", "made-for-root": "4700"}
ABLE = {"made", "capable"}
# Makes a file as whom it is started.
BECOME = "#include <fcntl.h>\nint main(int n, char **words) { return n < 2 || open(words[1], O_WRONLY | O_CREAT, 0600) < 0; }\n"
# struct vfs_cap_data of linux/capability.h: revision 2 with the effective flag, CAP_DAC_OVERRIDE permitted.
CAPABLE = struct.pack("<5I", 0x02000001, 1 << 1, 0, 0, 0).decode("ascii")


def add_image(docker, name, headers):
    """The image of the tests with /bin/become."""
    path = docker.folder / f"{name}.tar"
    with tarfile.open(docker.folder / "image.tar") as image, tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for member in image:
            tar.addfile(member, image.extractfile(member) if member.isreg() else None)
        become = tar.gettarinfo(docker.folder / "become", "bin/become")
        become.mode, become.uid, become.gid, become.pax_headers = 0o755, 0, 0, headers
        with open(docker.folder / "become", "rb") as file:
            tar.addfile(become, file)
    return docker.run("import", path).stdout.strip()


@pytest.fixture(scope="module")
def engine():
    docker = Docker()
    reason = docker.start()
    try:
        if reason:
            pytest.skip(reason)
        (docker.folder / "private").mkdir(mode=0o700)
        (docker.folder / "become.c").write_text(BECOME)
        subprocess.run(["cc", "-static", "-o", docker.folder / "become", docker.folder / "become.c"], check=True)
        images = {False: add_image(docker, "with-become", {}),
                  True: add_image(docker, "with-capable", {"SCHILY.xattr.security.capability": CAPABLE})}
        for name, options in CONTAINERS.items():
            started = docker.run("run", "-d", "--name", PREFIX + name, *USER, "-v", f"{docker.folder}/private:/h", *options,
                                 images["capable" in name], "/bin/sleep", "600")
            assert started.returncode == 0, f"{name}: {started.stderr}"
        for name, mode in MADE.items():
            made = docker.run("exec", "-u", "0", PREFIX + name, "/bin/busybox", "chmod", mode, "/bin/become")
            assert made.returncode == 0, f"{name}: {made.stderr}"
        yield docker
    finally:
        docker.stop()


@pytest.fixture(scope="module")
def table(engine):
    abilities = audit("--rule", "container-cannot-*", "--fail-on", "none")["abilities"]
    columns = [column["ability"] for column in abilities["columns"]]
    return {row["subject"].removeprefix(PREFIX): dict(zip(columns, row["cells"])) for row in abilities["rows"]
            if row["subject"].startswith(PREFIX)}


@pytest.mark.parametrize("name", CONTAINERS)
def test_what_a_program_gives_is_tried(engine, table, name):
    # By a shell: the engine itself may start its first program with rights that no process of the container has.
    tried = engine.run("exec", PREFIX + name, "/bin/sh", "-c", f"/bin/become /h/{name}").returncode == 0
    assert tried == (name in ABLE)
    assert (engine.folder / "private" / name).exists() == tried
    cell = table[name]["write host files"]
    assert cell["grade"] not in ("unknown", "waived")
    assert (cell["grade"] != "no") == tried
