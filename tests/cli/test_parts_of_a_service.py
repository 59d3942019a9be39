"""What a process that serves is given: what its settings name, and nothing of what they leave out."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from search_api.context import Context
from tests.search_api.pages.demo import MAIL, PUBLIC
from vivier.cli.serving import _application, _readable
from vivier.engine import open_engine
from vivier.lexicon import Lexicon
from vivier.settings import Settings

ALWAYS = {"dossiers", "rounds", "queue", "studies", "watch"}


def context_of(app: Any) -> Context:
    """What the application gives to its routes."""
    assert isinstance(app, FastAPI)
    (context,) = (middleware.kwargs["context"] for middleware in app.user_middleware if "context" in middleware.kwargs)
    assert isinstance(context, Context)
    return context


@pytest.mark.parametrize(
    ("more", "parts"),
    [
        ({}, set()),
        ({"public_url": PUBLIC, **MAIL}, {"mail", "sender"}),
        ({"review_token": "un mot de passe assez long"}, {"review_token"}),
    ],
)
def test_an_application_keeps_what_its_settings_name(
    more: dict[str, str], parts: set[str], tmp_path: Path, lexicon: Lexicon
) -> None:
    settings = Settings.model_validate({"home": tmp_path, **more})
    with closing(open_engine(settings)) as engine:
        context = context_of(_application(settings, engine, lexicon))
        assert context.parts.keys() == ALWAYS | parts and context.public_url == settings.public_url
        read = _readable(settings, engine, lexicon)
        assert context_of(read).parts == {} and TestClient(read).get("/health").json() == {"status": "ok"}
