"""The node itself: it answers, it leaves nothing behind, and its absence is said aloud."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.opensearch_node import jars
from tests.opensearch_node.node import start_node

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def test_the_session_node_answers(opensearch_url: str) -> None:
    with urllib.request.urlopen(opensearch_url, timeout=10) as answer:
        assert jars.opensearch_version() in answer.read().decode()


def test_a_stopped_node_leaves_no_process_and_no_data(opensearch_url: str) -> None:
    node = start_node(heap="256m")
    home = Path(psutil.Process(node.pid).cwd())
    assert home.is_dir()
    node.stop()
    assert not psutil.pid_exists(node.pid)
    assert not home.exists()


def test_a_killed_test_run_takes_its_node_with_it(opensearch_url: str) -> None:
    script = "from tests.opensearch_node.node import start_node as s; print(s('256m').pid, flush=True); input()"
    run = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert run.stdout is not None
    node = psutil.Process(int(run.stdout.readline()))
    home = Path(node.cwd())
    run.kill()
    run.communicate()
    assert psutil.wait_procs([node], timeout=20)[1] == []
    assert not home.exists()


def test_without_a_recent_jdk_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(jars, "JVM_FOLDER", tmp_path)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("OPENSEARCH_JAVA_HOME", str(_jdk(tmp_path / "old", "17.0.1")))
    with pytest.raises(jars.NodeUnavailableError, match="apt install openjdk-21"):
        jars.find_jdk()


def test_the_newest_installed_jdk_is_taken_when_none_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(jars, "JVM_FOLDER", tmp_path)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("OPENSEARCH_JAVA_HOME", raising=False)
    _jdk(tmp_path / "a", "21.0.2")
    newest = _jdk(tmp_path / "b", "25")
    _jdk(tmp_path / "c", "17.0.1")
    assert jars.find_jdk() == newest


def test_without_maven_the_tests_are_skipped_and_counted(tmp_path: Path) -> None:
    done = _suite_without_maven(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "2 TEST(S) OPENSEARCH NON EXÉCUTÉ(S)" in done.stdout
    assert "apt install maven" in done.stdout


def test_in_continuous_integration_a_missing_node_is_an_error(tmp_path: Path) -> None:
    done = _suite_without_maven(tmp_path, CI="true")
    assert done.returncode == 1, done.stdout
    assert "2 errors" in done.stdout


def _jdk(home: Path, version: str) -> Path:
    """What find_jdk looks at: a compiler and a release file."""
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "javac").touch()
    (home / "release").write_text(f'JAVA_VERSION="{version}"\n')
    return home


def _suite_without_maven(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Two tests that want a node, run with the project's own conftest where neither cache nor Maven is at hand."""
    (folder / "conftest.py").symlink_to(ROOT / "tests" / "conftest.py")
    jdk = _jdk(folder / "jdk", "25")
    tests = """
        def test_one(opensearch_url): ...
        def test_two(opensearch_url): ...
    """
    (folder / "test_node_wanted.py").write_text(textwrap.dedent(tests))
    environment |= {"PATH": "/nowhere", "XDG_CACHE_HOME": str(folder), "OPENSEARCH_JAVA_HOME": str(jdk)}
    environment |= {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
