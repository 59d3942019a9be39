"""A file as the body of a form (RFC 7578): one part ``data``, then the fields."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def form(file: Path, fields: Iterable[tuple[str, str]]) -> tuple[bytes, str]:
    """Body and content type. The boundary is drawn from the content, so that the same file is sent the same way."""
    content = file.read_bytes()
    mark = f"vivier-{hashlib.sha256(content).hexdigest()[:32]}"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="data"; filename="{file.name}"\r\nContent-Type: text/csv\r\n\r\n'
    parts = [head.encode() + content + b"\r\n"]
    for name, value in fields:
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"
