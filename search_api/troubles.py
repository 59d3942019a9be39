"""What an operator must know and no reader sees: a sentence for each trouble, said once in the log, and in ``/ready`` while it lasts."""

from __future__ import annotations

import logging
from typing import Final

from search_api.metrics import TROUBLES

_LOG: Final = logging.getLogger("uvicorn.error")


class Troubles:
    def __init__(self) -> None:
        self._sentences: dict[str, str] = {}
        self.noted: dict[str, object] = {}
        """What else ``/ready`` says, by name."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """Those that last."""
        return tuple(self._sentences.values())

    def begin(self, name: str, sentence: str) -> None:
        """A trouble is seen; it is logged unless it lasts already."""
        if name not in self._sentences:
            _LOG.warning(sentence)
            TROUBLES.labels(name).set(1)
        self._sentences[name] = sentence

    def note(self, name: str, value: object) -> None:
        """Something that ``/ready`` says."""
        self.noted[name] = value

    def end(self, name: str) -> None:
        """A trouble is over."""
        if self._sentences.pop(name, None) is not None:
            TROUBLES.labels(name).set(0)
