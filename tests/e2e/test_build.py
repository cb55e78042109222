"""The two commands: what they run, what they say to whom. The whole of them runs in .ci/bare-root."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from conftest import PLUMBLINE, TOP

JUNIT = """<testsuite>
<testcase name="e2e" status="run"><system-out>...ss [100%]
SKIPPED [71] tests/e2e/test_containers.py:90: dockerd does not run here: no cgroups
SKIPPED [1] tests/e2e/test_images.py:86: dockerd does not run here: no cgroups
3 passed, 72 skipped in 1.00s</system-out></testcase>
<testcase name="host/fs" status="run"><system-out>[ RUN      ] acl
[  SKIPPED ] acl
[  SKIPPED ] 1 test(s), listed below:
[  SKIPPED ] acl</system-out></testcase>
<testcase name="reports/browser" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/>
<system-out>left out: there is no Chromium</system-out></testcase>
<testcase name="model/tree" status="run"><system-out>[  PASSED  ] 9 test(s).</system-out></testcase>
</testsuite>
"""


def programs(folder, **scripts):
    """A folder of false programs to find first."""
    for name, script in scripts.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def readme_commands():
    return re.search(r"```sh\n(.*?)```", (TOP / "README.md").read_text(), re.S)[1].splitlines()


def test_the_readme_begins_with_the_two_commands():
    commands = [line.split(" #")[0].rstrip() for line in readme_commands()]
    assert commands == ["sh .ci/packages build && make audit", "sh .ci/packages test && make test"]


def packages(what, env, **kwargs):
    return subprocess.run(["sh", TOP / ".ci" / "packages", what], env=env, capture_output=True, text=True, **kwargs)


@pytest.fixture
def bare(tmp_path):
    """A Debian machine without packages, whose apt-get writes down what it was asked for."""
    (tmp_path / "bin").mkdir()
    return programs(tmp_path / "bin", dpkg_query="exit 1", apt_get=f'echo "$@" >>{tmp_path}/asked',
                    apt_cache="echo '  Candidate: (none)'", id="echo 0")


def test_root_gets_what_is_missing(bare, tmp_path):
    assert packages("build", bare).returncode == 0
    update, install = (tmp_path / "asked").read_text().splitlines()
    assert update.startswith("update") and install.startswith("install -y")
    assert {"make", "gcc", "libjson-c-dev"} <= set(install.split())


def test_a_build_for_use_needs_nothing_of_the_tests(bare, tmp_path):
    packages("build", bare)
    assert not re.search("cmocka|pytest|python|xml2-utils|npm", (tmp_path / "asked").read_text())


def test_nothing_is_asked_for_where_nothing_is_missing(bare, tmp_path):
    env = programs(tmp_path / "bin", dpkg_query="echo install ok installed")
    result = packages("test", env)
    assert (result.returncode, result.stdout) == (0, "") and not (tmp_path / "asked").exists()


def test_who_may_not_install_is_told_what_to_install(bare, tmp_path):
    env = programs(tmp_path / "bin", id="echo 1000")
    env["PATH"] = f"{tmp_path}/bin:{tmp_path}/some"
    (tmp_path / "some").mkdir()
    for name in ("sh", "grep", "cut"):
        (tmp_path / "some" / name).symlink_to(f"/bin/{name}")
    result = packages("build", env)
    assert result.returncode == 1 and "installing" not in result.stdout + result.stderr
    assert re.search(r"apt-get install -y .*\blibjson-c-dev\b", result.stderr), result.stderr


def test_a_failed_installation_says_what_failed(bare, tmp_path):
    env = programs(tmp_path / "bin", apt_get="exit 100")
    result = packages("build", env)
    assert result.returncode == 1 and "libjson-c-dev" in result.stderr


def dry(*arguments, **env):
    return subprocess.run(["make", "-n", "-C", TOP, *arguments], capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], **env}).stdout


def test_a_build_folder_of_another_checkout_is_begun_afresh(tmp_path):
    (tmp_path / "release").mkdir()
    cache = tmp_path / "release" / "CMakeCache.txt"
    cache.write_text(f"CMAKE_HOME_DIRECTORY:INTERNAL={TOP}\n")
    assert "--fresh" not in dry("audit", f"BUILD={tmp_path}")
    cache.write_text("CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere\n")
    assert "--fresh" in dry("audit", f"BUILD={tmp_path}")


def test_warnings_stop_the_tests_in_ci_alone(tmp_path):
    assert "--preset test" in dry("test", f"BUILD={tmp_path}")
    assert "--preset dev" in dry("test", f"BUILD={tmp_path}", CI="true")


@pytest.mark.skipif(not shutil.which("cmake"), reason="cmake is not installed")
def test_everybody_may_run_what_was_installed_under_a_narrow_umask(tmp_path):
    build = pathlib.Path(PLUMBLINE).parent
    if not (build / "cmake_install.cmake").exists():
        pytest.skip("the program is in no build folder")
    subprocess.run(["cmake", "--install", build], env={"PATH": os.environ["PATH"], "DESTDIR": str(tmp_path / "new" / "root")},
                   check=True, capture_output=True, preexec_fn=lambda: os.umask(0o077))
    # /var/lib/plumbline is the reports' own, and nobody else's.
    installed = [path for path in (tmp_path / "new").rglob("*") if path.parent.name != "lib"]
    assert any(path.name == "plumbline" and path.is_file() for path in installed)
    narrow = [path for path in installed if path.stat().st_mode & (0o055 if path.is_dir() else 0o044)
              != (0o055 if path.is_dir() else 0o044)]
    assert not narrow


def test_what_was_left_out_is_counted_and_named(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "results").write_text(JUNIT)
    env = programs(tmp_path / "bin", ctest=f'while [ "$1" != --output-junit ]; do shift; done; cp {tmp_path}/results "$2"; exit 8')
    result = subprocess.run([sys.executable, TOP / "tests" / "support" / "run-tests.py", "x"], env=env, capture_output=True,
                            text=True)
    assert result.returncode == 8, "as ctest did"
    assert result.stdout.splitlines() == [
        "plumbline: 74 tests were left out:",
        "  72  dockerd does not run here: no cgroups",
        "  1  host/fs: acl cannot be tried here",
        "  1  reports/browser: there is no Chromium"]
