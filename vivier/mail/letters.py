"""The letters about followed searches: confirm, news, still useful, ended. Templates are in ``templates``; HTML is always escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from vivier.french import day, long_day, number, plural, typographic
from vivier.mail.letter import Letter
from vivier.mail.news import NAMES, PAGES, Item
from vivier.mail.subscriptions import CONFIRM_DAYS, Every, Followed
from vivier.typography import typeset

SHOWN: Final = 30
"""Items that a letter describes; the others are counted, with the address of the list."""
EVERY: Final[dict[Every, str]] = {"daily": "chaque jour", "weekly": "chaque semaine"}
CONFIRMING: Final = "/courriel/confirmer"
STOPPING: Final = "/courriel/arreter"
QUESTION: Final = "/courriel/question"


@cache
def environment() -> Environment:
    """The templates of letters. An undefined name is an error."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["plural"] = plural
    for filter_ in (day, long_day, number):
        made.filters[filter_.__name__] = filter_
    return made


def written(template: str, values: dict[str, object]) -> tuple[str, str]:
    """A letter as text and as HTML, set as French is read."""
    text, html = (environment().get_template(f"{template}.{form}").render(values) for form in ("txt", "html"))
    return typographic(text.strip()) + "\n", typeset(html)


@dataclass(frozen=True)
class Letters:
    """What the letters of a service share. ``base``: its public address; ``operator``: who runs it, ``None`` when it is not set."""

    base: str
    operator: str | None = None

    def common(self, followed: Followed) -> dict[str, Any]:
        """What letters and pages say of a subscription: the search in words, the address of its list and that which stops it."""
        search = f"?{followed.search}" if followed.search else ""
        return {
            "title": followed.title,
            "name": NAMES[followed.of],
            "every": EVERY[followed.every],
            "list": f"{self.base}{PAGES[followed.of]}{search}",
            "stop": f"{self.base}{STOPPING}/{followed.stop}",
        }

    def confirm(self, token: str, followed: Followed, stop: str, now: float) -> Letter:
        """Asks to confirm a subscription. Nothing of the search is repeated: whoever asked may have typed it for somebody else. ``stop``: the
        link by which this mailbox refuses."""
        subject = "Confirmez votre abonnement"
        values = {"link": f"{self.base}{CONFIRMING}/{token}", "days": CONFIRM_DAYS, "stop": stop}
        shared = {"name": NAMES[followed.of], "every": EVERY[followed.every], "subject": subject}
        text, html = written("confirm", {**values, **shared, "base": self.base, "operator": self.operator})
        return Letter(followed.address, subject, text, html, now, stop)

    def news(
        self,
        followed: Followed,
        items: Sequence[Item],
        now: float,
        today: date,
        unread: int = 0,
        question: str | None = None,
    ) -> Letter:
        """Gives what is new, newest first. ``unread``: items that were not read, and that may be new too; ``question``: that of the week."""
        count = plural(len(items), "nouveauté") + (" au moins" if unread else "")
        values = {
            "items": items[:SHOWN],
            "more": max(0, len(items) - SHOWN),
            "count": count,
            "unread": unread,
            "today": today,
            "dated": followed.of != "suppliers",
            "question": question,
            "answering": f"{self.base}{QUESTION}/{followed.stop}",
        }
        subject = f"{count} : {followed.title}"
        return self._letter("news", subject, followed, now, values)

    def useful(self, token: str, followed: Followed, now: float, last: date) -> Letter:
        """Asks whether a subscription is still useful. ``last``: its last day otherwise."""
        values = {"link": f"{self.base}{CONFIRMING}/{token}", "last": last}
        return self._letter("useful", f"Toujours utile ? {followed.title}", followed, now, values)

    def ended(self, followed: Followed, why: str, now: float) -> Letter:
        """Says that a search can no longer be followed, and why."""
        return self._letter("ended", f"Abonnement arrêté : {followed.title}", followed, now, {"why": why}, stops=False)

    def _letter(
        self, template: str, subject: str, followed: Followed, now: float, values: dict[str, Any], *, stops: bool = True
    ) -> Letter:
        common = self.common(followed)
        stop = common["stop"] if stops else None
        shared = {**common, "stop": stop, "base": self.base, "operator": self.operator, "subject": subject}
        text, html = written(template, {**shared, **values})
        return Letter(followed.address, subject, text, html, now, stop)
