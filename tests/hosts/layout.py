#!/usr/bin/env python3
"""Lays a host's files out on a disk, with their modes and owners, or as the layers of an image.
usage: layout.py HOST.json FOLDER     HOST.json as of expand.host(); FOLDER becomes the root, which only root can do."""
import base64
import hashlib
import io
import json
import os
import pathlib
import sys
import tarfile

KINDS = {"file": tarfile.REGTYPE, "dir": tarfile.DIRTYPE, "symlink": tarfile.SYMTYPE}
WRITTEN = 1_700_000_000


def spelled(said):
    """A file's description with all that counts in it."""
    one = said if isinstance(said, dict) else {"content": said}
    kind = "symlink" if "target" in one else one.get("type", "file")
    data = base64.b64decode(one["base64"]) if "base64" in one else str(one.get("content", "")).encode()
    mode = int(one.get("mode", "0755" if kind == "dir" else "0644"), 8)
    return {"kind": kind, "data": data, "mode": mode, "target": one.get("target"), "uid": one.get("uid", 0),
            "gid": one.get("gid", 0), "xattrs": one.get("xattrs", {})}


def lay_one(place, one):
    place.parent.mkdir(parents=True, exist_ok=True)
    if one["kind"] == "symlink":
        place.symlink_to(one["target"])
        os.lchown(place, one["uid"], one["gid"])
        return
    if one["kind"] == "dir":
        place.mkdir(exist_ok=True)
    else:
        place.write_bytes(one["data"])
    os.chown(place, one["uid"], one["gid"])
    place.chmod(one["mode"])
    for name, value in one["xattrs"].items():
        os.setxattr(place, name, base64.b64decode(value))


def lay(files, root):
    """Links last: no file is laid through one."""
    os.umask(0o022)
    every = {path: spelled(said) for path, said in files.items()}
    for path in sorted(every, key=lambda path: (every[path]["kind"] == "symlink", path)):
        lay_one(root / path.lstrip("/"), every[path])


def layer(files):
    """The bytes of a layer."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for path, said in sorted(files.items()):
            one = spelled(said)
            member = tarfile.TarInfo(path.lstrip("/"))
            member.type, member.mode, member.mtime = KINDS[one["kind"]], one["mode"], WRITTEN
            member.uid, member.gid, member.linkname = one["uid"], one["gid"], one["target"] or ""
            member.size = len(one["data"]) if one["kind"] == "file" else 0
            archive.addfile(member, io.BytesIO(one["data"]))
    return out.getvalue()


def save_image(said, path):
    """`docker save` of {config, layers, tag} into the file at `path`."""
    layers = [layer(files) for files in said["layers"]]
    sums = [hashlib.sha256(data).hexdigest() for data in layers]
    config = said["config"] | {"rootfs": {"type": "layers", "diff_ids": [f"sha256:{one}" for one in sums]}}
    files = {f"{one}/layer.tar": data for one, data in zip(sums, layers)}
    files["config.json"] = json.dumps(config).encode()
    named = f"{hashlib.sha256(files['config.json']).hexdigest()}.json"
    files[named] = files.pop("config.json")
    manifest = [{"Config": named, "RepoTags": [said["tag"]], "Layers": [f"{one}/layer.tar" for one in sums]}]
    files["manifest.json"] = json.dumps(manifest).encode()
    with tarfile.open(path, "w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(data), WRITTEN
            archive.addfile(member, io.BytesIO(data))


if __name__ == "__main__":
    lay(json.loads(pathlib.Path(sys.argv[1]).read_text())["files"], pathlib.Path(sys.argv[2]))
