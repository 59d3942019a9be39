"""What must never be committed: paths of a machine, registry hosts, secrets, people, copies of the data given beside."""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.house.committed import committed, texts
from tests.house.walk import ROOT
from tests.shared_data import shared_data

# Written in two halves, so that this file does not hold what it looks for.
HOSTS = tuple(
    f"{first}.{last}"
    for first, last in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry.npmjs", "org"),
        ("repo1.maven", "org"),
        ("repo.maven.apache", "org"),
        ("deb.debian", "org"),
        ("proxy.golang", "org"),
        ("crates", "io"),
        ("rubygems", "org"),
    )
)
MACHINE = re.compile(r"(?<![\w.:/-])/(?:work|home|root|Users|mnt|builds)/[\w.-]+")
SECRETS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE " + r"KEY-----"),
    "password": re.compile(r"""(?i)\b(?:password|passwd|secret|api_?key|token)\s*[:=]\s*["'][^"'\s{}<>$]{8,}["']"""),
    "user in an address": re.compile(r"://[^/\s:@\"']+:[^/\s:@\"']{2,}@"),
    "cloud key": re.compile(
        r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|sk-[A-Za-z0-9_-]{32,}|xox[bap]-[\w-]{20,})"
    ),
}
FICTITIOUS = re.compile(r"(?i)fictif|fictive|invent|exemple|example\.|\.example$|@[a-z]\.fr$")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
LOCKS = {"runtime.txt", "dev.txt"}
SMALLEST_COPY = 200
"""Bytes from which two equal files are a copy, not two empty or one-line files."""


def _found(pattern: re.Pattern[str], apart: frozenset[str] = frozenset()) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {match[0][:60]}"
        for path, text in texts().items()
        if path.name not in apart
        for match in pattern.finditer(text)
    ]


@pytest.mark.slow
def test_no_file_holds_a_path_of_a_machine() -> None:
    assert _found(MACHINE) == []


@pytest.mark.slow
@pytest.mark.parametrize("host", HOSTS)
def test_no_file_holds_the_host_of_a_registry(host: str) -> None:
    """Cargo writes the name of the public index in its lock, whatever mirror it asked."""
    assert _found(re.compile(rf"(?i)(?<![\w-]){re.escape(host)}\b"), frozenset({"Cargo.lock"})) == []


@pytest.mark.slow
@pytest.mark.parametrize("what", SECRETS)
def test_no_file_holds_what_looks_like_a_secret(what: str) -> None:
    assert _found(SECRETS[what]) == []


@pytest.mark.slow
def test_no_file_holds_the_address_of_a_person() -> None:
    """E-mail addresses of samples and tests are plainly invented."""
    met = [line for line in _found(EMAIL) if not FICTITIOUS.search(line)]
    assert met == []


def test_the_locked_requirements_name_no_index_and_hash_everything() -> None:
    for name in LOCKS:
        text = (ROOT / "requirements" / name).read_text(encoding="utf8")
        assert "--index-url" not in text
        assert "--extra-index-url" not in text
        pinned = re.findall(r"^[\w.\[\]-]+==\S+", text, re.MULTILINE)
        blocks = re.split(r"\n(?=[\w.\[\]-]+==)", text)
        assert len(pinned) == sum("--hash=sha256:" in block for block in blocks) > 20


def test_no_large_or_foreign_file_is_committed() -> None:
    ours = {
        ".py",
        ".md",
        ".txt",
        ".in",
        ".toml",
        ".json",
        ".jsonl",
        ".csv",
        ".xlsx",
        ".gz",
        ".npz",
        ".yml",
        ".yaml",
        ".xml",
        ".java",
        ".sh",
        ".rs",
        ".lock",
    }
    ours |= {".html", ".css", ".js", ".svg", ".service", ".socket", ".timer", ".env", ""}
    assert [str(path) for path in committed() if path.suffix not in ours] == []
    large = {str(path.relative_to(ROOT)): path.stat().st_size for path in committed()}
    assert {name: size for name, size in large.items() if size > 3_000_000} == {}


@pytest.mark.slow
def test_no_file_is_a_copy_of_the_data_given_beside() -> None:
    beside = {_digest(path): path for path in _files(shared_data())}
    copies = [
        f"{path.relative_to(ROOT)} is {beside[digest].name}"
        for path in committed()
        if (digest := _digest(path)) in beside and path.stat().st_size >= SMALLEST_COPY
    ]
    assert copies == []


@pytest.mark.slow
def test_samples_are_authored_not_taken_from_the_real_lists() -> None:
    """No SIRET of the real supplier lists stands in a sample."""
    real = set(_sirets(shared_data("suppliers")))
    assert len(real) > 1_500
    samples = {path: text for path, text in texts().items() if "fixtures" in path.parts}
    assert samples
    assert [str(path) for path, text in samples.items() if real & set(re.findall(r"(?<!\d)\d{14}(?!\d)", text))] == []


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _digest(path: Path) -> str:
    """Of the content, decompressed: a copy under another compression is a copy."""
    content = path.read_bytes()
    return hashlib.sha256(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).hexdigest()


def _sirets(folder: Path) -> Iterator[str]:
    lists: Mapping[str, str] = {"siae_marche_2020.csv": ",", "siae_asp_2019_07.csv": ";", "geiq_2019_11.csv": ";"}
    for name, delimiter in lists.items():
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, delimiter=delimiter):
                yield (row.get("siret") or row.get("SIRET") or "").strip()
