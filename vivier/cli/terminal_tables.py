"""Tables and reports of the command line: sources, generations, an update, answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from rich.table import Table

from vivier.cli.terminal import NEVER_SHOWN, add_row, out, say, write_plain
from vivier.french import day, kilometres, plural
from vivier.search.operators import COLLECTIONS
from vivier.search.port import Generation

if TYPE_CHECKING:
    from vivier.runs.failures import Failure
    from vivier.runs.ledger import Ledger
    from vivier.runs.records import RunStatistics, SourceCard
    from vivier.suppliers.beyond import Beyond
    from vivier.suppliers.explain import Explanation
    from vivier.suppliers.find import AnswerGroup


def show_json(body: Any) -> None:
    """Prints JSON alone on the output stream, for another program."""
    text = orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()
    write_plain(NEVER_SHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", text))  # the same JSON, written otherwise


def show_report(ledger: Ledger, *, as_json: bool) -> None:
    """Prints the report of a finished update."""
    if as_json:
        show_json({"ok": ledger.ok, **ledger.model_dump(mode="json")})
        return
    for line in ledger.lines():
        say(line)


def show_plan(ledger: Ledger, *, as_json: bool) -> None:
    """Prints the steps that an update would do, with the reason of each."""
    from vivier.runs.ledger import STATES

    if as_json:
        show_json({"steps": [step.model_dump(mode="json") for step in ledger.steps]})
        return
    if ledger.resumed:
        say("Une mise à jour a été interrompue : elle sera reprise, sans refaire ce qui est fait.")
    for state, name in STATES.items():
        for step in ledger.of(state):
            say(f"{name:<12}{step.source} : {step.why}")


def show_sources(
    cards: Mapping[str, SourceCard], runs: Mapping[str, RunStatistics], failing: Mapping[str, Failure]
) -> None:
    """Prints every source, known or read: its content, the rows read, and whether it fails."""
    table = Table("source", "contenu", "producteur, licence", "lu", "gardé", "écarté", "date")
    for name, card in sorted({**cards, **{name: run.source for name, run in runs.items()}}.items()):
        title = card.title if name not in failing else f"{card.title}\n{failing[name].text()}"
        add_row(table, name, title, f"{card.producer}, {card.licence}", *_figures(runs.get(name)))
    out.print(table)


def _figures(statistics: RunStatistics | None) -> tuple[str, str, str, str]:
    if statistics is None:
        return "jamais", "", "", ""
    aside = sum(statistics.set_aside.values())
    return str(statistics.seen), str(statistics.rows), str(aside), day(statistics.finished_at)


def show_groups(groups: Iterable[AnswerGroup]) -> None:
    """Prints the sentence of each group of an answer, then the first suppliers of those after the first."""
    for group in groups:
        if group.code == "exact":
            say(group.sentence)
            continue
        say(f"\n{group.title}. {group.sentence}")
        for supplier in group.results:
            town = supplier.record.get("address", {}).get("value", {}).get("town", "lieu non publié")
            away = "" if not supplier.distance_km else f", à {kilometres(supplier.distance_km)}"
            say(f"  {supplier.record['name']['value']}, {town}{away} ({supplier.id})")
        if group.total > len(group.results):
            say(f"  Tous : ajoutez group={group.code}.")


def show_beyond(more: Beyond) -> None:
    """Prints alternatives to a search that found few results or none: changes, nearest suppliers, related trades."""
    for relaxation in more.relaxations:
        say(f"{relaxation.sentence}.")
    for trade in more.trades:
        say(f"Métier voisin : {trade.name} [{trade.code}], {plural(trade.total, 'fournisseur')}.")


def show_explanation(id_: str, explanation: Explanation) -> None:
    """Prints how one supplier meets a query: words, conditions and points."""
    say(f"{explanation.name} ({id_}) : {'répond' if explanation.matches else 'ne répond pas'}.")
    say(
        f"Candidats : {plural(explanation.candidates, 'fournisseur répond', 'fournisseurs répondent')}, sur {explanation.indexed}."
    )
    if explanation.words:
        _show_words(explanation)
    table = Table("condition", "tenue", "demandé", "ce qu'on sait de lui", "la tiennent")
    for condition in explanation.conditions:
        add_row(
            table,
            condition.name,
            "oui" if condition.holds else "non",
            condition.text,
            condition.known,
            str(condition.suppliers),
        )
    out.print(table)
    for line in explanation.ranking:
        say(line)


def _show_words(explanation: Explanation) -> None:
    table = Table("mot", "cherché comme", "d'où", "l'emploient", "chez lui")
    for word in explanation.words:
        for alternative in word.alternatives:
            where = ", ".join(alternative.found_in) or "non trouvé"
            add_row(
                table, word.typed, " ".join(alternative.tokens), alternative.origin, str(alternative.suppliers), where
            )
    out.print(table)


def show_generations(found: Iterable[Generation]) -> None:
    """Prints generations, the newest first."""
    table = Table("génération", "en service", "documents", "contenu", "construite le")
    for generation in found:
        built = f"{day(generation.created_at)} {generation.created_at:%H:%M:%S} UTC"
        add_row(
            table,
            generation.name,
            "oui" if generation.live else "",
            str(generation.documents),
            COLLECTIONS[generation.collection],
            built,
        )
    out.print(table)
