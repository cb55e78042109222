"""Archives of images that two readers take differently: an engine that loads one must not get another image than the one
that was judged. What is ambiguous, or not what a digest says, is an error and never a pass."""
import gzip
import hashlib
import io
import json
import tarfile

import pytest
from conftest import audit

USER, SETUID = "image-user-not-root", "image-setuid-none"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def tar(*entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data, *mode in entries:
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), mode[0] if mode else 0o644
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


GOOD, EVIL = tar(("bin/ok", b"x", 0o755)), tar(("bin/evil", b"x", 0o4755))
UP = tar(("srv/../bin/evil", b"x", 0o4755))
NOTED = '{"RepoTags":["a:1"],"Config":"c.json","Layers":["l.tar"]}'


def config(*layers, users='"config":{"User":"1000"}', rootfs="rootfs"):
    ids = json.dumps([digest(layer) for layer in layers])
    return ('{"architecture":"amd64","os":"linux",%s,"%s":{"type":"layers","diff_ids":%s}}' % (users, rootfs, ids)).encode()


def manifest(entry=NOTED):
    return f"[{entry}]".encode()


def saved(layer=GOOD, conf=None, noted=None):
    return [("l.tar", layer), ("c.json", conf or config(layer)), ("manifest.json", noted or manifest())]


SAVED = {
    "honest": (saved(), USER, "pass"),
    "honest, packed": ([("l.tar", gzip.compress(GOOD)), *saved()[1:]], SETUID, "pass"),
    "honest, in two packed parts": ([("l.tar", gzip.compress(GOOD[:600]) + gzip.compress(GOOD[600:])), *saved()[1:]],
                                    SETUID, "pass"),
    "two configs": (saved(conf=config(GOOD, users='"config":{"User":"1000"},"CONFIG":{"User":"0"}')), USER, "error"),
    "two users": (saved(conf=config(GOOD, users='"config":{"User":"1000","user":"0"}')), USER, "error"),
    "long s": (saved(conf=config(GOOD, users='"config":{"User":"1000","U\\u017fer":"0"}')), USER, "error"),
    "config laid over": (saved(conf=config(GOOD, users='"config":{"User":"0"},"config":{"Env":[]}')), USER, "error"),
    "only another case": (saved(conf=config(GOOD, users='"CONFIG":{"USER":"0"}')), USER, "fail"),
    "only another case, good": (saved(conf=config(GOOD, users='"Config":{"uSeR":"7"}')), USER, "pass"),
    "labels may differ by case": (
        saved(conf=config(GOOD, users='"config":{"User":"5","Labels":{"A":"1","a":"2"}}')), USER, "pass"),
    "two lists of layers": ([("l1.tar", EVIL)] + saved(
        conf=config(EVIL), noted=manifest(NOTED[:-1] + ',"layers":["l1.tar"]}')), SETUID, "error"),
    "another list of layers": ([("l1.tar", EVIL)] + saved(
        conf=config(EVIL), noted=manifest(NOTED.replace('"Layers":["l', '"layers":["l1'))), SETUID, "fail"),
    "another layer": (saved(layer=GOOD, conf=config(EVIL)), SETUID, "error"),
    "more layers": (saved(conf=config(GOOD, EVIL)), SETUID, "error"),
    "fewer layers": (saved(conf=config()), SETUID, "error"),
    "no diff ids": (saved(conf=config(GOOD, rootfs="other")), SETUID, "error"),
    "two manifests": ([*saved(), ("manifest.json", manifest(NOTED.replace("c.json", "d.json")))], USER, "error"),
    "two manifests by path": ([*saved(), ("./manifest.json", b"[]")], USER, "error"),
    "two manifests by dots": ([*saved(), ("x/../manifest.json", b"[]")], USER, "error"),
    "two configs by entry": ([*saved(), ("/c.json", config(GOOD, users='"config":{"User":"0"}'))], USER, "error"),
    "the same twice": ([*saved(), *saved()[1:]], USER, "pass"),
    "dots in a layer": (saved(layer=UP), SETUID, "fail"),
    "bytes after the end": (saved(layer=GOOD + b"x", conf=config(GOOD)), SETUID, "error"),
}


@pytest.mark.parametrize("name", SAVED)
def test_what_docker_save_writes(name, tmp_path):
    entries, rule, verdict = SAVED[name]
    path = tmp_path / "a.tar"
    path.write_bytes(tar(*entries))
    result = audit("--image", path, "--fail-on", "none")["by_rule"][rule]
    assert result["verdict"] == verdict, result


def block(name, kind=b"0", mode=b"0000644", size=None, data=b"", link=b"", magic=b"ustar\x0000", prefix=b""):
    """A header as no library writes it, and its content."""
    head = bytearray(512)
    for at, field in ((0, name), (100, mode), (124, size or b"%011o" % len(data)), (148, b" " * 8), (156, kind),
                      (157, link), (257, magic), (345, prefix)):
        head[at:at + len(field)] = field
    head[148:154] = b"%06o" % sum(head)
    head[154:156] = b"\0 "
    return bytes(head) + data + b"\0" * (-len(data) % 512)


def pax(*records):
    out = b""
    for record in records:
        length = next(n for n in range(len(record) + 3, len(record) + 8) if n == len(f"{n} ") + len(record) + 1)
        out += f"{length} ".encode() + record + b"\n"
    return block(b"pax", b"x", data=out)


def long_name(name):
    return block(b"././@LongLink", b"L", data=name + b"\0", magic=b"ustar  \0")


# An engine (Go's archive/tar) finds another entry than libarchive does: a setuid file that one of them skips, whose name
# one of them cuts or extends, or that one takes for a directory.
UNSEEN = block(b"su", mode=b"0004755", data=b"x")
GNU = b"ustar  \0"
TWOFOLD = {
    "a hard link with content": block(b"a") + block(b"b", b"1", link=b"a", size=b"%011o" % 1024) + UNSEEN,
    "a directory with content by PAX": pax(b"size=1024") + block(b"d", b"5") + UNSEEN,
    "a link with content by PAX": pax(b"size=1024") + block(b"d", b"2", link=b"x") + UNSEEN,
    "a size behind a NUL": block(b"d", size=b"\0" + b"%010o" % 1024) + UNSEEN,
    "a mode behind a NUL": block(b"su", mode=b"\0004755", data=b"x"),
    "a file whose name ends with a slash": block(b"su/", mode=b"0004755", data=b"x"),
    "a slash by PAX": pax(b"path=su/") + block(b"x", mode=b"0004755", data=b"x"),
    "a slash by a long name": long_name(b"su/") + block(b"x", mode=b"0004755", data=b"x", magic=GNU),
    "two kinds of names": pax(b"path=tmp/x") + long_name(b"su") + block(b"y", data=b"x", magic=GNU),
    "five letters of magic": block(b"su", magic=b"ustarX00", prefix=b"tmp"),
    "a prefix of GNU": block(b"su", magic=GNU, prefix=b"tmp"),
    "a second name of no sparse file": pax(b"GNU.sparse.name=tmp/x") + block(b"su", data=b"x"),
    "a global header in between": pax(b"path=su") + block(b"g", b"g") + block(b"x", data=b"x"),
    "a damaged record": block(b"pax", b"x", data=b"99 path=su\n") + block(b"x", data=b"x"),
    "a kind that none knows": block(b"su", b"Z", data=b"x"),
}
PLAIN = {
    "GNU's long name": long_name(b"a" * 150) + block(b"a", data=b"x", magic=GNU),
    "GNU's times": block(b"a", magic=GNU, prefix=b"%011o\0%011o\0" % (1, 2)),
    "a prefix": block(b"a", prefix=b"usr/bin"),
    "a path and a size by PAX": pax(b"path=a", b"size=600") + block(b"x", size=b"%011o" % 0) + b"x" * 1024,
    "an old directory": block(b"d/", b"\0", magic=b"", mode=b"0000755"),
    "a sparse file": pax(b"GNU.sparse.major=1", b"GNU.sparse.minor=0", b"GNU.sparse.name=a",
                         b"GNU.sparse.realsize=1") + block(b"x", data=b"1\n0\n1\n".ljust(512, b"\0") + b"x"),
    "a global comment": block(b"g", b"g", data=b"13 comment=x\n") + block(b"a", data=b"x"),
    "a binary size": block(b"a", size=b"\x80" + b"\0" * 9 + b"\x02\0") + b"x" * 512,
}


@pytest.mark.parametrize("name, verdict", [(name, "error") for name in TWOFOLD] + [(name, "pass") for name in PLAIN])
def test_a_layer_that_readers_of_tar_take_differently(name, verdict, tmp_path):
    layer = {**TWOFOLD, **PLAIN}[name] + b"\0" * 1024
    path = tmp_path / "a.tar"
    path.write_bytes(tar(*saved(layer=layer)))
    result = audit("--image", path, "--fail-on", "none")["by_rule"][SETUID]
    assert result["verdict"] == verdict, result


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["a hard link with content", "two kinds of names", "a kind that none knows"])
def test_documents_that_readers_of_tar_take_differently(name, packed, tmp_path):
    path = tmp_path / "a.tar"
    data = TWOFOLD[name] + tar(*saved())
    path.write_bytes(gzip.compress(data) if packed else data)
    result = audit("--image", path, "--fail-on", "none")["by_rule"][USER]
    assert result["verdict"] == "error", result


FILE, HARD, SOFT = b"0", b"1", b"2"
SU = (b"usr/bin/su", FILE, b"0004755", b"")
# What several layers make of names that lead through links. A link's own mode is what engines of containerd give the
# file, others leave it as it was.
LAID = {
    "a hard link to a hard link": ([[SU], [(b"a", HARD, b"0000755", b"usr/bin/su")], [
        (b"b", HARD, b"0000755", b"a"), (b".wh.a", FILE, b"0000644", b""),
        (b"usr/bin/.wh.su", FILE, b"0000644", b"")]], "fail"),
    "a hard link through a link": ([[(b"bin", SOFT, b"0000777", b"usr/bin"), SU], [
        (b"a", HARD, b"0000755", b"bin/su"), (b"usr/bin/.wh.su", FILE, b"0000644", b"")]], "unknown"),
    "a hard link to nothing": ([[(b"a", HARD, b"0000755", b"b")]], "unknown"),
    "a hard link to a plain file": ([[(b"b", FILE, b"0000755", b"")], [(b"a", HARD, b"0000755", b"b")]], "pass"),
    "a file behind a link that goes": ([[(b"usr", SOFT, b"0000777", b"/a")], [SU], [
        (b".wh.usr", FILE, b"0000644", b"")]], "fail"),
    "a file behind a link of its own layer": ([[(b"usr", SOFT, b"0000777", b"/a"), SU], [
        (b".wh.usr", FILE, b"0000644", b"")]], "fail"),
    "a folder in a link's place": ([[(b"usr", SOFT, b"0000777", b"/a")], [(b"usr", b"5", b"0000755", b""), SU], [
        (b".wh.usr", FILE, b"0000644", b"")]], "pass"),
}


def put_layers(wanted, path):
    layers = [b"".join(block(path, kind, mode, link=link, data=b"" if link or kind == b"5" else b"x")
                       for path, kind, mode, link in entries) + b"\0" * 1024 for entries in wanted]
    names = [f"{i}.tar" for i in range(len(layers))]
    noted = json.dumps([{"RepoTags": ["a:1"], "Config": "c.json", "Layers": names}]).encode()
    path.write_bytes(tar(*zip(names, layers), ("c.json", config(*layers)), ("manifest.json", noted)))
    return path


@pytest.mark.parametrize("name", LAID)
def test_layers_with_links(name, tmp_path):
    wanted, verdict = LAID[name]
    path = put_layers(wanted, tmp_path / "a.tar")
    result = audit("--image", path, "--fail-on", "none")["by_rule"][SETUID]
    assert result["verdict"] == verdict, result


@pytest.mark.parametrize("allowed, verdict", {
    "/usr/bin/su": "fail", "/opt/x/su": "fail", "/usr/bin/su,/opt/x/su": "pass"}.items())
def test_a_name_through_a_link_is_allowed_as_what_it_is_and_as_where_it_leads(allowed, verdict, tmp_path):
    path = put_layers([[(b"usr/bin", SOFT, b"0000777", b"../opt/x")], [SU]], tmp_path / "a.tar")
    result = audit("--image", path, "--fail-on", "none", "--set", f"image_setuid_files={allowed}")["by_rule"][
        "image-setuid-allowed"]
    assert result["verdict"] == verdict, result


def layout(folder, layer=GOOD, size=None, stored=None, conf=None, index=0, more=""):
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def put(data, content=None, wrong=0):
        (blobs / digest(data)[7:]).write_bytes(data if content is None else content)
        return {"digest": digest(data), "size": len(data) + wrong}

    document = {"schemaVersion": 2, "config": put(config(GOOD), conf),
                "layers": [put(gzip.compress(layer), stored, size or 0)]}
    text = json.dumps(document)[:-1] + more + "}"
    (folder / "index.json").write_text(json.dumps({"manifests": [put(text.encode(), None, index)]}))
    return folder


LAYOUTS = {
    "honest": ({}, USER, "pass"),
    "another layer": ({"stored": gzip.compress(EVIL)}, SETUID, "error"),
    "another layer with its digest": ({"layer": EVIL}, SETUID, "error"),
    "another size": ({"size": 1}, SETUID, "error"),
    "another size of the manifest": ({"index": 1}, USER, "error"),
    "another config": ({"conf": config(GOOD, users='"config":{"User":"9"}')}, USER, "error"),
    "two lists of layers": ({"more": ',"LAYERS":[]'}, SETUID, "error"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_of_oci(name, tmp_path):
    how, rule, verdict = LAYOUTS[name]
    result = audit("--image", layout(tmp_path / "l", **how), "--fail-on", "none")["by_rule"][rule]
    assert result["verdict"] == verdict, result


def test_a_layer_may_be_nearly_empty(tmp_path):
    """117 MiB of one byte pack to nothing, and are no bomb."""
    layer = tar(("big", b"\0" * (117 << 20)), ("bin/evil", b"x", 0o4755))
    path = tmp_path / "a.tar"
    path.write_bytes(tar(("l.tar", gzip.compress(layer)), *saved(layer=layer)[1:]))
    assert audit("--image", path, "--fail-on", "none")["by_rule"][SETUID]["verdict"] == "fail"
