"""Reads programmes and lots from requests: JSON, a raw CSV or XLSX file, or the file of a form."""

from __future__ import annotations

from fastapi import HTTPException, Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException

from search_api.bodies import LARGEST, MAX_BODY, media_of
from vivier.desk.read.sheet import MAX_BYTES
from vivier.dossiers.port import MOST_BYTES
from vivier.errors import FieldError, InvalidRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES = ("text/csv", XLSX, "application/octet-stream")
MULTIPART = "multipart/form-data"
MAX_FIELDS = 8_000
BODIES = dict.fromkeys(("/v1/dossiers/verify", "/consultation/verifier"), MOST_BYTES + MAX_BODY)
"""The largest body of the routes that read a dossier, and hold no other file."""


async def uploaded(request: Request) -> bytes:
    """The table that a body contains: the body itself, or the field « file » of a form. Raises 413 beyond 5 MB, 415 for another
    media type."""
    media = media_of(request)
    if media in TABLES:
        return await bounded(request, MAX_BYTES)
    if media == MULTIPART:
        return await file_of(await form_of(request), "Joignez un fichier CSV ou XLSX dans le champ « file ».")
    raise HTTPException(415, "Envoyez un CSV (text/csv), un classeur XLSX, ou un formulaire avec un champ « file ».")


async def form_of(request: Request, most: int = MAX_BYTES) -> FormData:
    """The fields and files of a form. Raises 413 when its file is larger than ``most`` bytes."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(400, "La taille du formulaire (Content-Length) n'est pas dite.")
    if int(length) > BODIES.get(request.url.path, LARGEST):
        raise HTTPException(413, f"Le fichier dépasse {most // 1_000_000} Mo.")
    try:
        return await request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=most)
    except MultiPartException:
        raise HTTPException(400, "Le formulaire n'est pas lisible.") from None


async def file_of(form: FormData, missing: str = "Choisissez un fichier CSV ou XLSX, ou collez un tableau.") -> bytes:
    """The file of a form. Raises ``InvalidRequest`` when there is none."""
    content = await file_given(form)
    if not content:
        raise InvalidRequest((FieldError("file", "missing", missing),))
    return content


async def file_given(form: FormData) -> bytes:
    """The file of a form, empty when there is none."""
    file = form.get("file")
    return await file.read() if isinstance(file, UploadFile) else b""


async def bounded(request: Request, most: int) -> bytes:
    """The body of a request. Raises 413 as soon as more than ``most`` bytes are read."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most:
            raise HTTPException(413, f"Le corps dépasse {most // 1_000_000} Mo.")
    return bytes(content)


def table_body() -> dict[str, object]:
    """The OpenAPI description of the body of an upload."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    form = {"schema": {"type": "object", "properties": {"file": binary["schema"]}, "required": ["file"]}}
    return {"requestBody": {"required": True, "content": {**dict.fromkeys(TABLES, binary), MULTIPART: form}}}
