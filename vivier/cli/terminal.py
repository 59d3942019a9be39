"""Output of the command line: consoles, progress bars, figures, and every expected error as one French message."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text
from typer.exceptions import TyperException
from typer.main import get_command

from vivier.check import Check
from vivier.errors import FieldError, InvalidRequest, VivierError
from vivier.french import and_others, day, number, plural, read_and_kept, typographic
from vivier.search.messages import french, system
from vivier.settings import Settings

if TYPE_CHECKING:
    from vivier.runs.records import RunStatistics
    from vivier.suppliers.find import SupplierFound

PIPED_WIDTH = 200
"""Width in characters of a table written to a file or another program: identifiers then stay whole."""

INTERRUPTED = 130
NAME = "vivier"

EXTRAS: Final = {
    **dict.fromkeys(("scrapy", "twisted", "parsel", "w3lib", "trafilatura", "ijson", "pyarrow"), "crawl"),
    **dict.fromkeys(("mcp", "httpx2"), "mcp"),
    "psycopg": "postgresql",
}
"""The extra of the package (``pyproject.toml``) that installs a library which some verbs alone need."""

Advance = Callable[[str, int, int], None]
"""Called with the name of a step, the number of items done, and the number expected (0: unknown)."""


NEVER_SHOWN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of a text: a name of a file could move the cursor or write elsewhere."""


class _Console(Console):
    """A console whose texts cannot command the terminal: only its own styles do. What they hold beside control characters is shown, set
    as French is read: each letter that the rules change stays one letter, so that tables keep their columns."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control is None:
                segment = Segment(typographic(NEVER_SHOWN.sub("", segment.text)), segment.style)
            yield segment


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return _Console(stderr=stderr, highlight=False, width=None if stream.isatty() else PIPED_WIDTH)


out = _console(stderr=False)
err = _console(stderr=True)


def typeset_help(command: Any) -> Any:
    """A command, its verbs and their options with the texts of « --help » set as French is read. Returns the same command."""
    for part in (command, *command.params):
        part.help = part.help and typographic(part.help)
    for verb in getattr(command, "commands", {}).values():
        typeset_help(verb)
    return command


@cache
def command_of(app: typer.Typer) -> Any:
    """The command, made once a process: it reads the signature of forty verbs."""
    return typeset_help(get_command(app))


class Outcome(NamedTuple):
    """How a verb ended: its exit code (0 done, 1 refused or failed, 2 wrong usage, 130 interrupted), and why, in French, when it is not 0."""

    code: int
    reason: str = ""


def run(app: typer.Typer) -> Outcome:
    """Runs the command, and prints why it was refused or failed."""
    try:
        code = command_of(app)(prog_name=NAME, standalone_mode=False)
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # its help is already on the screen
            return Outcome(2)
        return complain(2, ("Usage", usage(error)))
    except InvalidRequest as error:
        faults = ((fault.field, fault.described) for fault in error.errors)
        return complain(2, *(("Erreur" if field == "query" else field, text) for field, text in faults))
    except VivierError as error:
        return complain(1, ("Erreur", str(error)))
    except OSError as error:
        return complain(1, ("Erreur", system(error)))
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        missing = f"il manque une bibliothèque. Installez-la : pip install 'vivier[{extra}]'."
        return complain(1, ("Erreur", missing))
    if code == INTERRUPTED:
        err.print("Interrompu. La génération en service n'a pas changé.")
    return Outcome(code if isinstance(code, int) else 0)


def complain(code: int, *faults: tuple[str, str]) -> Outcome:
    """Prints a line for each fault on the error stream, with its title. Brackets in a message are shown, never read as colours."""
    for title, message in faults:
        line = Text(typographic(f"{title} : {message}"))
        line.stylize("red", 0, len(title))
        err.print(line, soft_wrap=True)
    return Outcome(code, " ".join(message for _, message in faults))


def usage(error: TyperException) -> str:
    """The French message for a wrong command line, with the ``--help`` to run."""
    details: dict[str, Any] = vars(error)
    context = details.get("ctx")
    path = context.command_path if context is not None else NAME
    return f"{_fault(error, details)} « {path} --help » dit ce qui est attendu."


def _fault(error: TyperException, details: Mapping[str, Any]) -> str:
    match type(error).__name__:
        case "MissingParameter":
            return f"il manque {_parameter(details)}."
        case "NoSuchOption":
            near = f" Vouliez-vous dire « {details['possibilities'][0]} » ?" if details.get("possibilities") else ""
            return f"option inconnue « {details['option_name']} ».{near}"
        case "BadParameter" if isinstance(error.__cause__, ValidationError):
            refused = error.__cause__.errors()[0]
            if choices := re.search(r"is not one of (.+?)\.?$", refused["msg"]):
                known = choices[1].replace("'", "")
                return f"valeur refusée pour {_parameter(details)}, qui est l'une de : {known}."
            return french({**refused, "loc": (details["param"].opts[-1],)}, {}).message
        case "BadParameter":
            return f"valeur refusée pour {_parameter(details)} ({error.message})."
    return _other_fault(error.message)


def _other_fault(message: str) -> str:
    if found := re.match(r"No such command '(.*?)'\.(?: Did you mean '(.*?)')?", message):
        near = f" Vouliez-vous dire « {found[2]} » ?" if found[2] else ""
        return f"commande inconnue « {found[1]} ».{near}"
    if found := re.match(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", message):
        return f"argument de trop « {found[1]} »."
    return f"commande mal écrite ({message})."


def _parameter(details: Mapping[str, Any]) -> str:
    parameter = details.get("param")
    return "un argument" if parameter is None else f"« {parameter.opts[-1]} »"


@contextmanager
def bars() -> Iterator[Advance]:
    """Shows a progress bar for each step, on the error stream."""
    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def advance(step: str, done: int, expected: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=expected or None)
            progress.update(tasks[step], completed=done)

        yield advance


def add_row(table: Table, *cells: str) -> None:
    """Adds a row of plain texts to a table."""
    table.add_row(*map(Text, cells))


def warn(line: str) -> None:
    """Writes a line on the error output, as it is."""
    err.print(Text(line), soft_wrap=True)


def say(line: str) -> None:
    """Prints one line of text without markup, because names may have brackets."""
    out.print(Text(line), soft_wrap=True)


def write_plain(text: str) -> None:
    """Writes a text for another program on the output stream, as it is but for control characters."""
    out.file.write(NEVER_SHOWN.sub("", text) + "\n")
    out.file.flush()


def say_read(statistics: RunStatistics) -> None:
    """Prints the rows that a run read and kept."""
    say(f"{statistics.source.title} : {read_and_kept(statistics.seen, statistics.kept)}.")


def show_statistics(statistics: RunStatistics) -> None:
    """Prints the rows that a run read, kept, set aside, skipped and flagged, by reason, and the changes of the layout."""
    say_read(statistics)
    if (stream := statistics.stream) is not None:
        parts = (
            plural(stream.added, "nouvelle"),
            plural(stream.revised, "changée"),
            plural(stream.known, "déjà connue", "déjà connues"),
        )
        say(f"{', '.join(parts)} ; {plural(stream.rows, 'ligne')} en tout.")
    if statistics.day_given and statistics.updated_at is not None:
        say(f"Liste du {day(statistics.updated_at)}, jour donné à l'import.")
    card = statistics.source
    if statistics.kept < card.minimum_rows:
        say(f"Fichier partiel ? La liste entière en donne au moins {card.minimum_rows} ({card.minimum_basis}).")
    for title, part in (("Écartées", "set_aside"), ("Hors champ", "skipped"), ("Signalées", "issues")):
        counts = statistics.counted(part)
        if counts:
            say(f"{title} : {by_count(counts, {})}.")
    if statistics.beside:
        say(f"Laissés de côté, car ils ne sont pas de « {card.id} » : {few(statistics.beside)}.")
    if statistics.fallen:
        say(f"Bien moins de lignes ont ces renseignements : {' ; '.join(statistics.fallen)}.")
    if statistics.drift:
        say(f"Colonnes : {' ; '.join(change.text() for change in statistics.drift)}.")


def few(names: Sequence[str], most: int = 5) -> str:
    """« a, b, c et 12 autres »."""
    return f"{', '.join(names[:most])}{and_others(len(names), most)}"


def by_count(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    """« 12 × reason ; 3 × other reason », the most frequent first. A reason without words is shown by its code."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return " ; ".join(f"{count} × {words.get(reason, reason)}" for reason, count in ordered)


def show_pairs(rows: Iterable[Mapping[str, str]]) -> None:
    """Prints the pairs to review, each with its score, its explanation and the keys that a decision names."""
    table = Table("score", "pourquoi", "une fiche", "l'autre", show_lines=True)
    for row in rows:
        ends = (f"{row[f'texte_{side}']}\n{row[side]}" for side in ("gauche", "droite"))
        add_row(table, number(row["score"], 2), f"{row['motif']}\n{row['explication']}", *ends)
    if table.row_count:
        out.print(table)


def show_found(found: SupplierFound, *, grouped: bool) -> None:
    """Prints the results of a search as a table, with the number of suppliers excluded because a fact is unknown; ``grouped``: groups follow."""
    from vivier.suppliers.notices import excluded, notices

    for notice in notices(found):
        warn(notice)
    table = Table(
        "n°", "fournisseur", "commune", "km", "pourquoi", title=plural(found.total, "fournisseur"), show_lines=True
    )
    for rank, result in enumerate(found.results, 1 + found.plan.search.offset):
        record = result.record
        town = record.get("address", {}).get("value", {}).get("town", "lieu non publié")
        distance = "" if result.distance_km is None else number(result.distance_km)
        reasons = "\n".join(reason.text for reason in result.reasons)
        add_row(table, str(rank), f"{record['name']['value']}\n{result.id}", town, distance, reasons)
    if table.row_count:
        out.print(table)
    for sentence in excluded(found, grouped=grouped):
        warn(sentence)


def show_checks(checks: Iterator[Check]) -> None:
    """Prints checks as they come. Exits 1 when one is to be repaired."""
    healthy = True
    for check in checks:
        healthy &= check.ok or check.old
        say(f"{'ok' if check.ok else 'ancien' if check.old else 'à corriger':<11}{check.sentence}")
    if not healthy:
        raise typer.Exit(1)


def listen(host: str, port: int) -> socket.socket:
    """The socket to serve on: the one that systemd holds, or a new one. It is opened before anything is loaded, so that a port in use is
    reported at once."""
    if (inherited := held_socket()) is not None:
        return inherited
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise VivierError(
            f"Impossible d'écouter sur {host}:{port} : {system(error)} Donnez un autre « --port » ou « --host »."
        ) from error


_FIRST_HELD = 3


def held_socket() -> socket.socket | None:
    """The socket that systemd opened for this process (``sd_listen_fds``). It goes on taking connections while the service restarts."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or not os.environ.get("LISTEN_FDS", "").isdigit():
        return None
    count = int(os.environ["LISTEN_FDS"])
    if count != 1:
        raise VivierError(f"systemd donne {count} prises d'écoute, une seule est attendue : gardez un ListenStream=.")
    os.set_inheritable(_FIRST_HELD, False)
    return socket.socket(fileno=_FIRST_HELD)


def pairs(words: list[str], of_the_text: str = "q") -> list[tuple[str, str]]:
    """Parses « esat kind=ESAT » into parameters. Words without « = » are the value of ``of_the_text``."""
    given = [(name, value) for name, equals, value in (word.partition("=") for word in words) if equals]
    text = " ".join(word for word in words if "=" not in word)
    return [*given, *([(of_the_text, text)] if text else [])]


def settings_of(home: Path | None = None) -> Settings:
    """The settings of the environment, with ``--home`` if given. Raises ``InvalidRequest`` naming the variable to correct."""
    try:
        return Settings() if home is None else Settings(home=home)
    except ValidationError as error:
        raise InvalidRequest(tuple(_variable(fault) for fault in error.errors())) from error


def _variable(error: ErrorDetails) -> FieldError:
    name = "VIVIER_" + "_".join(str(part) for part in error["loc"]).upper()
    return french({**error, "loc": (name,)}, {})
