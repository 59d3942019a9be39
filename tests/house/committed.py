"""The files of the repository: what git tracks, or what would be when the tree is not a clone."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from tests.house.walk import ROOT

_NOT_OURS = {
    ".git",
    "target",
    ".venv",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".vivier",
}


@cache
def committed() -> tuple[Path, ...]:
    """Paths of every file, sorted."""
    if (ROOT / ".git").exists():
        listed = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listed, capture_output=True, check=True).stdout.decode().split("\0")
        return tuple(sorted(path for name in names if name and (path := ROOT / name).is_file()))
    found = (path for path in ROOT.rglob("*") if path.is_file() and not _NOT_OURS & set(path.parts))
    return tuple(sorted(found))


@cache
def texts() -> dict[Path, str]:
    """Content of the files that are text, by path."""
    found = {}
    for path in committed():
        content = path.read_bytes()
        if b"\0" not in content[:8192] and not content.startswith(b"\x1f\x8b"):
            found[path] = content.decode("utf8")
    return found
