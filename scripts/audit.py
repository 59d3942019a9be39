"""Looks for secrets in the repository, and asks an advisory service about the locked dependencies: ``make audit``.

Runs on the standard library. The tools (detect-secrets, pip-audit) are in a virtual environment of their own, whose ``bin`` is the argument.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
ALLOWED: Final = ROOT / "requirements" / "secrets.json"
"""What the scan finds and a person judged to be no secret: digests by file. ``detect-secrets scan`` writes its form."""
LOCKED: Final = ("requirements/runtime.txt", "requirements/image.txt", "requirements/dev.txt")
_HEURISTIC: Final = ("HexHighEntropyString", "Base64HighEntropyString")
"""Detectors that take any long token for a secret: hashes of packages and identifiers of samples are such."""
_SECONDS: Final = 900
"""The scan takes fifty seconds on an idle machine of two cores; beside a run of every test, several minutes."""


def main(bin_: Path) -> int:
    """Exit code: 0 nothing found, 1 a secret or a known vulnerability. An advisory service that is away is told, and is no failure."""
    found = _secrets(bin_)
    for line in found:
        print(f"secret ? {line}")
    vulnerable = [line for file in LOCKED for line in _advisories(bin_, file)]
    for line in vulnerable:
        print(line)
    if not found:
        print("Aucun secret dans le dépôt.")
    return 1 if found or vulnerable else 0


def _secrets(bin_: Path) -> list[str]:
    """« file:line kind » of what looks like a secret and was not judged."""
    without = [option for name in _HEURISTIC for option in ("--disable-plugin", name)]
    scan = [str(bin_ / "detect-secrets"), "scan", *without]
    scanned = _run(scan)
    if not scanned.stdout:
        sys.exit(f"La recherche de secrets n'a rien rendu : {scanned.stderr.strip()[-300:]}")
    results: dict[str, list[dict[str, object]]] = json.loads(scanned.stdout)["results"]
    allowed: dict[str, list[str]] = json.loads(ALLOWED.read_text(encoding="utf8")) if ALLOWED.exists() else {}
    return [
        f"{file}:{secret['line_number']} {secret['type']} {secret['hashed_secret']}"
        for file, secrets in results.items()
        for secret in secrets
        if secret["hashed_secret"] not in allowed.get(file, ())
    ]


def _advisories(bin_: Path, file: str) -> list[str]:
    asked = _run(
        [
            str(bin_ / "pip-audit"),
            "--require-hashes",
            "--disable-pip",
            "--progress-spinner=off",
            "-f",
            "json",
            "-r",
            file,
        ]
    )
    try:
        dependencies = json.loads(asked.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        why = next((line for line in reversed(asked.stderr.splitlines()) if line.strip()), "sans réponse")
        print(f"NON VÉRIFIÉ : {file}, aucun service d'avis de sécurité ne répond ({why[:160]}).", file=sys.stderr)
        return []
    skipped = [dependency for dependency in dependencies if "vulns" not in dependency]
    print(f"{file} : {len(dependencies) - len(skipped)} dépendances comparées aux avis de sécurité.")
    if skipped:  # the tool calls this « no known vulnerabilities »
        why = skipped[0].get("skip_reason", "")
        print(f"NON VÉRIFIÉ : {file}, {len(skipped)} dépendances sans avis ({why[:160]}).", file=sys.stderr)
    return [
        f"{file} : {dependency['name']} {dependency['version']}, {advisory['id']}"
        for dependency in dependencies
        for advisory in dependency.get("vulns", ())
    ]


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"sans réponse en {_SECONDS} s")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
