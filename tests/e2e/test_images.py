"""Real images of a real Docker Engine: seen by its API, by its storage on disk, and in the file that docker save writes,
the same image gets the same verdicts."""
import gzip
import hashlib
import json
import os
import resource
import secrets
import shutil
import tarfile
import tempfile

import pytest
from conftest import audit, run
from engines import NEEDS_DOCKER, Docker, last_line, unmount_below

# Other engines of the machine may have images of these names too, another run of this among them.
NAMES = {name: f"e2e-{name}-{secrets.token_hex(4)}" for name in ("hardened", "flawed")}
HARDENED = """FROM scratch
COPY rootfs /
LABEL org.opencontainers.image.source=s org.opencontainers.image.revision=r org.opencontainers.image.version=1 \
 org.opencontainers.image.base.digest=d
HEALTHCHECK CMD ["/bin/app"]
USER 1000:1000
ENTRYPOINT ["/bin/app"]
"""
FLAWED = """FROM scratch
COPY rootfs /
ADD extra.tar /srv
COPY secrets /root
RUN ["/bin/busybox", "rm", "-rf", "/root/.aws"]
ENV DB_PASSWORD=correct-horse-battery
EXPOSE 22
USER 0:0
"""
# Rules that must fail for the flawed image, and for no other.
FLAWS = {
    "image-user-not-root", "image-no-env-secrets", "image-no-history-secrets", "image-copy-not-add",
    "image-no-login-ports", "image-no-credential-files", "image-setuid-allowed", "image-healthcheck",
    "image-no-world-writable", "image-provenance", "image-tag-fixed",
}
# Where the answer depends on who keeps the image.
OF_THE_KEEPER = {"image-used", "image-containers-current", "image-digest-known"}
KEY = "-----BEGIN PRIVATE KEY-----\n" + "A" * 120 + "\n-----END PRIVATE KEY-----\n"


def write_context(folder):
    rootfs = folder / "rootfs"
    (rootfs / "bin").mkdir(parents=True)
    (rootfs / "etc").mkdir()
    shutil.copy(shutil.which("busybox"), rootfs / "bin" / "app")
    (rootfs / "etc" / "passwd").write_text("root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n")
    (folder / "hardened").write_text(HARDENED)
    secrets = folder / "secrets" / ".aws"
    secrets.mkdir(parents=True)
    (secrets / "credentials").write_text("[default]\n")
    with tarfile.open(folder / "extra.tar", "w") as tar:
        member = tarfile.TarInfo("rootme")
        member.mode = 0o4755
        tar.addfile(member)
        member = tarfile.TarInfo("open.conf")
        member.mode = 0o666
        tar.addfile(member)
    flawed = folder / "rootfs" / "bin" / "busybox"
    shutil.copy(shutil.which("busybox"), flawed)
    (folder / "flawed").write_text(FLAWED)


@pytest.fixture(scope="module")
def engine():
    """An engine of our own with two images, which are in files too."""
    docker = Docker()
    reason = docker.start()
    try:
        if reason:
            pytest.skip(reason)
        context = docker.folder / "context"
        context.mkdir()
        write_context(context)
        for name, tag in (("hardened", f"{NAMES['hardened']}:1"), ("flawed", f"{NAMES['flawed']}:latest")):
            built = docker.run("build", "--network", "none", "-f", context / name, "-t", tag, context,
                               env={**os.environ, "DOCKER_BUILDKIT": "0"})
            if built.returncode:
                pytest.skip("docker build does not run here: " + last_line(built.stdout + built.stderr))
            saved = docker.run("save", "-o", docker.folder / f"{name}.tar", tag)
            assert saved.returncode == 0, saved.stderr
        yield docker
    finally:
        docker.stop()


def verdicts(report, *names):
    """(rule, name) -> verdict of the items of our images."""
    found = {}
    for rule, result in report["by_rule"].items():
        for item in result["items"]:
            for name in names:
                if item["subject"].split(":")[0] == NAMES[name]:
                    found[rule, name] = item["verdict"]
    return found


@pytest.fixture(scope="module")
def by_api(engine):
    return audit("--rule", "image-*", "--fail-on", "none")


@pytest.fixture(scope="module")
def by_file(engine):
    return audit("--image", engine.folder / "hardened.tar", "--image", engine.folder / "flawed.tar", "--fail-on", "none")


@pytest.mark.parametrize("seen", ["by_api", "by_file"])
class TestImages:
    pytestmark = NEEDS_DOCKER

    def test_flaws_are_found_where_they_are(self, seen, request):
        found = verdicts(request.getfixturevalue(seen), "hardened", "flawed")
        failed = {name: {rule for rule, image in found if image == name and found[rule, image] == "fail"}
                  for name in ("hardened", "flawed")}
        assert FLAWS <= failed["flawed"], FLAWS - failed["flawed"]
        assert not failed["hardened"] - OF_THE_KEEPER, failed["hardened"]

    def test_no_secret_is_printed(self, seen, request):
        assert "correct-horse" not in json.dumps(request.getfixturevalue(seen)["results"])


class TestEngine:
    pytestmark = NEEDS_DOCKER

    def test_the_file_says_what_the_api_says(self, by_api, by_file):
        one, other = verdicts(by_api, "hardened", "flawed"), verdicts(by_file, "hardened", "flawed")
        differ = {key: (one[key], other[key]) for key in one.keys() & other.keys() if one[key] != other[key]}
        assert not differ
        assert {key for key in one if key[0] not in OF_THE_KEEPER} == set(other)

    def test_docker_says_the_same(self, engine, by_api):
        inspected = json.loads(engine.run("inspect", f"{NAMES['flawed']}:latest").stdout)[0]
        history = engine.run("history", "--no-trunc", "--format", "{{.CreatedBy}}", f"{NAMES['flawed']}:latest").stdout
        item = next(item for item in by_api["by_rule"]["image-copy-not-add"]["items"] if NAMES["flawed"] in item["subject"])
        added = item["observed"]["add_instructions"]
        assert len(added) == 1 and added[0][len("ADD "):] in history
        item = next(item for item in by_api["by_rule"]["image-user-not-root"]["items"] if NAMES["flawed"] in item["subject"])
        assert inspected["Config"]["User"] == "0:0" and item["observed"]["user_root"] is True

    def test_the_storage_says_what_the_api_says(self, engine, by_api):
        """Last: the daemon is stopped, its storage is read as an offline root has it."""
        engine.daemon.terminate()
        engine.daemon.wait(timeout=30)
        root = engine.folder / "root"
        (root / "var" / "lib").mkdir(parents=True)
        unmount_below(engine.folder)
        os.rename(engine.folder / "data", root / "var" / "lib" / "docker")
        stored = audit("--root", root, "--rule", "image-*", "--fail-on", "none")
        one, other = verdicts(by_api, "hardened", "flawed"), verdicts(stored, "hardened", "flawed")
        assert {key: (one[key], other.get(key)) for key in one if one[key] != other.get(key)} == {}


# ---- files that nobody's engine made ----


def layer(files):
    path = tempfile.TemporaryFile()
    with tarfile.open(fileobj=path, mode="w") as tar:
        for name, (mode, content) in files.items():
            member = tarfile.TarInfo(name)
            member.mode, member.size = mode, len(content)
            tar.addfile(member, __import__("io").BytesIO(content))
    path.seek(0)
    return path.read()


def write_layout(folder, platforms):
    """An OCI layout with one image for each of the platforms."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def put(data):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"digest": f"sha256:{digest}", "size": len(data)}

    manifests = []
    for arch, files in platforms.items():
        raw = layer(files)
        config = {"architecture": arch, "os": "linux", "config": {"User": "5"},
                  "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(raw).hexdigest()]},
                  "history": [{"created_by": "COPY . / # buildkit"}]}
        manifest = {"schemaVersion": 2,
                    "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                               **put(json.dumps(config).encode())},
                    "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
                                **put(gzip.compress(raw))}]}
        manifests.append({"mediaType": "application/vnd.oci.image.manifest.v1+json",
                          "platform": {"os": "linux", "architecture": arch}, **put(json.dumps(manifest).encode())})
    index = put(json.dumps({"schemaVersion": 2, "manifests": manifests}).encode())
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [
        {"mediaType": "application/vnd.oci.image.index.v1+json",
         "annotations": {"org.opencontainers.image.ref.name": "1.0"}, **index}]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


@pytest.fixture
def layout(tmp_path):
    write_layout(tmp_path / "app", {"amd64": {"usr/bin/app": (0o755, b"x")},
                                    "arm64": {"usr/bin/app": (0o4755, b"x"), "srv/key": (0o600, KEY.encode())}})
    return tmp_path / "app"


@pytest.mark.parametrize("kind", ["directory", "tar", "tar.gz", "tar.xz"])
def test_every_platform_of_a_layout_is_judged(layout, kind, tmp_path):
    path = layout
    if kind != "directory":
        path = tmp_path / f"app.{kind}"
        with tarfile.open(path, "w" + {"tar": "", "tar.gz": ":gz", "tar.xz": ":xz"}[kind]) as tar:
            tar.add(layout, ".")
    report = audit("--image", path, "--fail-on", "none")
    items = {item["subject"]: item["verdict"] for item in report["by_rule"]["image-no-private-keys"]["items"]}
    assert items == {"app:1.0 (linux/amd64)": "pass", "app:1.0 (linux/arm64)": "fail"}
    assert report["process"].returncode == 0
    assert report["by_rule"]["image-healthcheck"]["verdict"] == "notapplicable"


def test_only_rules_about_images_run(layout):
    report = audit("--image", layout, "--fail-on", "none")
    assert all(rule.startswith("image-") for rule in report["by_rule"])


def test_an_ordinary_user_may_look(layout):
    if os.geteuid() != 0:
        pytest.skip("is an ordinary user already")
    report = audit("--image", layout, "--fail-on", "none", user="nobody")
    assert report["by_rule"]["image-no-private-keys"]["verdict"] == "fail"


@pytest.mark.parametrize("name", ["absent", "empty", "text", "cut", "rootfs"])
def test_what_is_no_image_is_an_error(layout, tmp_path, name):
    path = tmp_path / "x.tar"
    with tarfile.open(tmp_path / "whole.tar", "w") as tar:
        tar.add(layout, ".")
    if name == "rootfs":
        path.write_bytes(layer({"etc/passwd": (0o644, b"root:x:0:0:::\n")}))
    elif name == "cut":
        path.write_bytes((tmp_path / "whole.tar").read_bytes()[:3000])
    elif name != "absent":
        path.write_bytes({"empty": b"", "text": b"no archive\n" * 100}[name])
    if name == "absent":  # nothing is audited for a slip of the pen
        process = run("audit", "--image", path)
        assert process.returncode == 2 and str(path) in process.stderr
        return
    report = audit("--image", path)
    assert report["process"].returncode == 3
    result = report["by_rule"]["image-user-not-root"]
    assert result["verdict"] == "error" and str(path) in json.dumps(result)


def test_a_bomb_is_bounded(tmp_path, layout):
    """A layer of 20 GiB of zero bytes, packed to 20 MB: unpacked it is never, and it is said."""
    bomb = tmp_path / "bomb"
    shutil.copytree(layout, bomb)
    blobs = bomb / "blobs" / "sha256"
    victim = max(blobs.iterdir(), key=lambda path: path.read_bytes()[:2] == b"\x1f\x8b")
    member = tarfile.TarInfo("big")
    member.size = 20 << 30
    chunk = gzip.compress(bytes(16 << 20))
    with open(victim, "wb") as out:
        out.write(gzip.compress(member.tobuf()))
        for _ in range(member.size >> 24):
            out.write(chunk)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = audit("--image", bomb, "--fail-on", "none")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 30  # whatever else the machine has to do
    assert "decompression bomb" in json.dumps(report["by_rule"]["image-no-private-keys"])


def test_help_and_completion_know_it():
    assert "--image" in run("audit", "--help").stdout
    assert "--image" in run("completion", "bash").stdout
