"""A glance at the real address of each source (« vivier doctor --live »): one page, read by the source itself, nothing written.

It says what only a real network can tell: whether the host answers and lets itself be read, where the file is, how large it
is, whether its shape is the one expected, whether it will be sent again when nothing changed.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.context import ban, sirene_api
from crawlers.due import read_online
from crawlers.fetch import ask
from crawlers.job import Fetched, FetchReport, Robots
from crawlers.kit import Aside, Intake, Skip, Source, WrongFile
from crawlers.plan import FetchPlan
from crawlers.registry import source_of, sources
from crawlers.words import ASIDES
from vivier.check import Check
from vivier.errors import ImportRefused
from vivier.french import number, read_and_kept
from vivier.runs.context import CARDS
from vivier.runs.records import SourceCard
from vivier.settings import Settings

_ROBOTS: dict[Robots | None, str] = {
    None: "robots.txt ne s'y oppose pas",
    "allows": "robots.txt ne s'y oppose pas",
    "absent": "pas de robots.txt",
    "unread": "robots.txt illisible aujourd'hui, sans effet sur des données documentées",
    "forbids": "robots.txt l'interdit aux robots qui lisent des pages ; ces données sont lues comme leur producteur le documente",
}
_GZIP = b"\x1f\x8b"
_SIRET = "12002701600563"
"""INSEE's own head office: a SIRET that SIRENE knows."""
_ADDRESS = "id,adresse,code_postal,commune,code_insee\ninsee,88 avenue Verdier,92120,Montrouge,92049\n"
"""The published address of INSEE's head office."""


def glances(settings: Settings, *, only: Iterable[str] = (), mirror: str | None = None) -> Iterator[Check]:
    """One line a source that is read online, then one for each register around suppliers: what its real address says today.

    ``only``: the ids of some sources. ``mirror``: as for :func:`crawlers.fetch.fetch`. A host that fails is an answer, never
    an error. Raises :class:`vivier.errors.NotFound` for an unknown source.
    """
    wanted = {name if name in CARDS else source_of(name).card.id for name in only}
    for name, source in sources().items():
        if (source.plan is not None or source.fetch is not None) and (not wanted or name in wanted):
            yield _glance(source, settings, mirror)
    for name in ("sirene", "ban"):
        if not wanted or name in wanted:
            yield _register(name, settings, mirror)


def _glance(source: Source, settings: Settings, mirror: str | None) -> Check:
    card, plan = source.card, source.plan
    if plan is None:
        return Check(
            card.id,
            True,
            "chaque site est demandé par « vivier crawl website », selon son robots.txt : rien n'est demandé ici",
        )
    if card.id in settings.sources_off:
        return Check(card.id, True, "lecture en ligne arrêtée par VIVIER_CRAWL_OFF : rien n'est demandé")
    if not read_online(source, settings):
        return Check(card.id, True, f"clé absente (VIVIER_{(plan.key_setting or '').upper()}) : rien n'est demandé")
    with tempfile.TemporaryDirectory() as folder:
        report = ask(plan, Path(folder), settings, card.id, mirror=mirror, glance=True)
        if report.error is not None:
            return Check(card.id, False, " ; ".join((report.error, *_unseen(plan))))
        ok, shape = _shape(source, Path(folder), report)
    return Check(card.id, ok, " ; ".join(_description(plan, card, report, shape)))


def _description(plan: FetchPlan, card: SourceCard, report: FetchReport, shape: str) -> Iterator[str]:
    """What a person must know of a source that answered, in order of weight."""
    file = _data(report)
    yield f"répond ({urlsplit(file.url).hostname}{_size(file)})"
    yield shape
    yield _ROBOTS[report.robots]
    if plan.documentation is not None:
        yield f"documentation : {plan.documentation}"
    yield f"une demande toutes les {number(plan.delay, 2)} s"
    yield f"licence : {card.licence}"
    if not (file.etag or file.last_modified):
        yield "ni ETag ni date : tout sera renvoyé à chaque lecture"


def _unseen(plan: FetchPlan) -> Iterator[str]:
    """What nobody who wrote the source could see, for who finds that it does not answer."""
    if plan.unseen:
        yield f"à vérifier : {plan.unseen[0].lower()}{plan.unseen[1:].rstrip('.')}"


def _data(report: FetchReport) -> Fetched:
    return next(file for file in report.files if file.role == "data")


def _size(file: Fetched) -> str:
    known = file.size is not None and file.size >= 100_000
    return f", {number((file.size or 0) / 1e6)} Mo annoncés" if known else ""


def _shape(source: Source, folder: Path, report: FetchReport) -> tuple[bool, str]:
    """Whether the page has the shape that the source expects, and what it gives."""
    file = _data(report)
    path = folder / file.file
    if file.cut:
        _whole_lines(path)
    intake = Intake(card=source.card, now=datetime.now(UTC), basis=source.basis)
    seen = _Seen()
    problem = seen.read(source, path, intake)
    if problem is not None and not (file.cut and (seen.rows or not isinstance(problem, WrongFile))):
        return False, problem.reason.rstrip(".")
    if not seen.rows:
        return True, "forme non lue sur le seul début du fichier" if file.cut else "aucune ligne sur cette page"
    unknown = f" ; colonnes nouvelles : {', '.join(sorted(intake.unknown))}" if intake.unknown else ""
    where = "sur le début du fichier" if file.cut else "sur la première page"
    return seen.aside.total() < seen.rows, f"{where}, {seen.text()}{unknown}"


@dataclass
class _Seen:
    """What the rows of a page become."""

    retained: int = 0
    skipped: int = 0
    aside: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        return self.retained + self.skipped + self.aside.total()

    def read(self, source: Source, path: Path, intake: Intake) -> ImportRefused | None:
        """Counts every row of a file; why the reading stopped, if it did."""
        try:
            for draft in source.read([path], intake):
                if isinstance(draft.outcome, Aside):
                    self.aside[draft.outcome.reason] += draft.outcome.rows
                elif isinstance(draft.outcome, Skip):
                    self.skipped += 1
                else:
                    self.retained += 1
        except ImportRefused as error:
            return error
        return None

    def text(self) -> str:
        """« 100 lignes lues, 97 gardées, 2 hors périmètre, 1 de côté (SIRET invalide) »."""
        skipped = f", {number(self.skipped)} hors périmètre" if self.skipped else ""
        reasons = ", ".join(ASIDES.get(reason, reason) for reason in self.aside)
        aside = f", {number(self.aside.total())} de côté ({reasons})" if self.aside else ""
        return f"{read_and_kept(self.rows, self.retained)}{skipped}{aside}"


def _whole_lines(path: Path) -> None:
    """Leaves out the last line of a text of which only the beginning came."""
    body = path.read_bytes()
    if not body.startswith(_GZIP) and b"\n" in body:
        path.write_bytes(body[: body.rindex(b"\n") + 1])


def _register(name: str, settings: Settings, mirror: str | None) -> Check:
    with tempfile.TemporaryDirectory() as folder:
        plan = _question(name, Path(folder))
        report = ask(plan, Path(folder), settings, name, mirror=mirror, glance=True)
        if report.error is not None:
            return Check(name, False, " ; ".join((report.error, *_unseen(plan))))
        file = _data(report)
        try:
            found = _answered(name, Path(folder) / file.file, datetime.now(UTC).date())
        except ImportRefused as error:
            return Check(name, False, error.reason.rstrip("."))
    host = urlsplit(file.url).hostname
    answer = "retrouve le siège de l'INSEE" if found else "ne retrouve pas le siège de l'INSEE, demandé pour essai"
    return Check(
        name,
        found,
        f"répond ({host}) ; {answer} ; une demande toutes les {number(plan.delay, 2)} s ; licence : {CARDS[name].licence}",
    )


def _question(name: str, folder: Path) -> FetchPlan:
    if name == "sirene":
        return sirene_api.plan_of([_SIRET])
    questions = folder / "questions.csv"
    questions.write_text(_ADDRESS, encoding="utf8")
    return ban.plan_of([questions])


def _answered(name: str, path: Path, today: date) -> bool:
    if name == "sirene":
        return any(fact.siret == _SIRET and fact.known for fact in sirene_api.read_answer(path, _SIRET, today))
    return any(not isinstance(found, str) for found in ban.read(path, today))
