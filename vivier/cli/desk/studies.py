"""The verb of the consultation desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table

from vivier.cli.options import Home, Json, day_of, reading
from vivier.cli.terminal import add_row, bars, err, out, say, settings_of
from vivier.cli.terminal_tables import show_json
from vivier.durable import write_whole
from vivier.french import euros, integer, plural
from vivier.settings import Settings

FORMATS = ("json", "html", "xlsx")
Programme = Annotated[Path, typer.Argument(help="Programme d'achats : CSV ou XLSX, 300 lignes au plus.")]
LotSettings = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[RÉGLAGE=VALEUR]...",
        help="Réglages des lots qui n'en disent pas : buyer=État launched=15/03/2027 social_condition=oui "
        "environmental_condition=oui environmental_criterion=non exception=short_works response_rate=15% taken_over=70% "
        "labour_share=65% hourly_cost=32 effort=0,05 capacity_share=0,3 prison=oui by_part=oui seed=… title=… buyer_name=… reference=… author=… signed_at=…",
    ),
]
Place = Annotated[str, typer.Option("--place", help="Lieu des lignes qui n'en disent pas.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Date d'analyse, AAAA-MM-JJ (aujourd'hui sinon).")]
ConsultationAmount = Annotated[
    str,
    typer.Option(
        "--consultation-amount",
        help="Valeur estimée HT de toute la consultation, tous lots et reconductions compris (seuils européens).",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="Sens d'une colonne : « Libellé=text », « Budget= » pour l'écarter (répétable)."),
]
Model = Annotated[
    bool, typer.Option("--model", help="Écrire dans FILE un modèle de programme à remplir (.csv ou .xlsx).")
]
Understood = Annotated[
    Path | None,
    typer.Option("--understood", help="Écrire ce qui a été compris (CSV à corriger), sans rien compter."),
]
Dossiers = Annotated[
    list[Path] | None, typer.Option("--dossier", help="Dossier à écrire : .json, .html ou .xlsx (répétable).")
]
Issue = Annotated[
    bool,
    typer.Option("--issue", help="Créer le dossier : il est gardé sans changement, et son adresse est donnée."),
]


def consult(
    file: Programme,
    words: LotSettings = None,
    place: Place = "",
    as_of: AsOf = None,
    consultation_amount: ConsultationAmount = "",
    column: Columns = None,
    model: Model = False,
    understood: Understood = None,
    dossier: Dossiers = None,
    issue: Issue = False,
    json: Json = False,
    home: Home = None,
) -> None:
    """Étudier chaque lot d'un programme d'achats : réserver, clause, critère, heures, obligations, structures à consulter."""
    from vivier.desk.read.asked import settings_of as desk_settings
    from vivier.dossiers.question import question_for

    for path in dossier or ():
        _checked(path)
    if model:
        _write_model(file)
        return
    fields = {"title": file.stem[:200], "place": place, "consultation_amount": consultation_amount}
    query, day = desk_settings(fields | given_settings(words or ())), day_of(as_of)
    rows = _read(file, column or ())
    if understood is not None:
        _write_understood(understood, rows, place)
        return
    settings = settings_of(home)
    made = _composed(question_for(query, rows, day), settings)
    if issue:
        made = _issued(made, settings)
    if json:
        show_json(made)
    else:
        _show(made)
    for path in dossier or ():
        write_whole(path, _written(made, path))
        err.print(f"Dossier écrit : {path} (empreinte {made['sha256'][:16]}…)", markup=False)


def _read(file: Path, columns: Iterable[str]) -> Sequence[Any]:
    """The lines of a programme. What was left out or supposed is told on the error output."""
    from vivier.desk.read.letter import read_lots
    from vivier.desk.read.programme import MOST_LINES, chosen_columns
    from vivier.lexicon import load_lexicon

    programme = read_lots(file.read_bytes(), load_lexicon(), MOST_LINES, chosen_columns(columns))
    for remark in (*programme.remarks, *(f"Colonne non lue : {header}" for header in programme.ignored)):
        err.print(remark, markup=False)
    return programme.rows


def _composed(question: Any, settings: Settings) -> dict[str, Any]:
    """The dossier of a question, with a bar of progress."""
    from vivier.dossiers.compose import compose
    from vivier.lexicon import load_lexicon

    with reading(settings) as snapshot, bars() as advance:
        return compose(question, snapshot, load_lexicon(), lambda done, of: advance("Lots", done, of))


def given_settings(words: Iterable[str]) -> dict[str, str]:
    """Parses « buyer=État » into settings. Raises ``InvalidRequest`` for a word without « = »."""
    from vivier.errors import FieldError, InvalidRequest

    pairs = [word.partition("=") for word in words]
    wrong = [name for name, equals, _ in pairs if not equals]
    if wrong:
        message = f"« {wrong[0][:80]} » : écrivez « réglage=valeur », par exemple buyer=État."
        raise InvalidRequest((FieldError(wrong[0][:80], "invalid_value", message),))
    return {name: value for name, _, value in pairs}


def _write_model(path: Path) -> None:
    from vivier.errors import FieldError, InvalidRequest
    from vivier.exports.programme_model import model_csv, model_workbook

    writers = {".csv": model_csv, ".xlsx": model_workbook}
    if path.suffix not in writers or path.exists():
        why = "existe déjà : donnez un autre nom" if path.exists() else "terminez le nom par .csv ou .xlsx"
        raise InvalidRequest((FieldError("FILE", "invalid_value", f"« {path.name} » : {why}."),))
    write_whole(path, writers[path.suffix]())
    say(f"Modèle écrit : {path}. Remplacez ses exemples fictifs, puis « vivier consult {path} ».")


def _issued(made: dict[str, object], settings: Settings) -> dict[str, object]:
    from vivier.given.shelf import registry_of

    issued = registry_of(settings).keep(made, date.today())
    err.print(f"Dossier créé : /dossiers/{issued['dossier_id']}, gardé jusqu'au {issued['kept_until']}", markup=False)
    return issued


def _checked(path: Path) -> None:
    from vivier.errors import FieldError, InvalidRequest

    if path.suffix.removeprefix(".") not in FORMATS:
        message = f"Format inconnu « {path.name} » : terminez le nom par .json, .html ou .xlsx."
        raise InvalidRequest((FieldError("--dossier", "unknown_value", message, FORMATS),))


def _written(made: Mapping[str, Any], path: Path) -> bytes:
    if path.suffix == ".json":
        return orjson.dumps(made, option=orjson.OPT_SORT_KEYS)
    if path.suffix == ".xlsx":
        from vivier.exports.dossier_book import dossier_workbook

        return dossier_workbook(made)
    from search_api.desk.pages.dossier import standalone

    return standalone(made).encode()


def _write_understood(path: Path, given: Sequence[Any], place: str) -> None:
    """Writes what was understood of the lines, each remark told."""
    from vivier.desk.read.programme import written
    from vivier.desk.read.understanding import as_row, understand
    from vivier.lexicon import load_lexicon
    from vivier.text.guard import safe

    lexicon = load_lexicon()
    lines = [understand(row, lexicon, place) for row in given]
    rows = (as_row(line) for line in lines)
    guarded = (replace(row, values={name: safe(text) for name, text in row.values.items()}) for row in rows)
    write_whole(path, written(guarded).encode("utf-8-sig"))
    for line in lines:
        for remark in (*(error.message for error in line.errors), *line.notes):
            say(f"{line.name} : {remark}")
    ready = sum(line.counted for line in lines)
    say(
        f"{plural(len(lines), 'ligne lue', 'lignes lues')}, {plural(ready, 'comprise')}, {len(lines) - ready} à corriger, dans {path}."
    )


def _show(made: Mapping[str, Any]) -> None:
    table = Table("lot", "compris", "levier", "article", "heures", "à savoir", show_lines=True)
    for lot in made["lots"]:
        understood, advice = lot["understood"], lot.get("advice")
        name = understood["lot"] or f"ligne {understood['line']}"
        title = f"{name}\n{understood['text'][:60]}"
        labels = "\n".join(choice["label_fr"] for choice in (*understood["trades"], *understood["territories"]))
        if advice is None:
            errors = "\n".join(error["message"] for error in understood["errors"])
            add_row(table, title, labels, understood["state_fr"], "", "", errors)
            continue
        article = (advice["article"] or {}).get("code", "")
        notes = "\n".join((advice["reason"], *_social_condition(lot), *lot["notes"]))
        add_row(
            table,
            title,
            labels,
            f"{advice['lever_fr']}\nconfiance {advice['confidence_fr']}",
            article,
            _hours(lot),
            notes,
        )
    out.print(table)
    totals = made["totals"]
    say(
        f"{len(made['lots'])} lignes : {totals.get('ready', 0)} comprises, {totals.get('to_confirm', 0)} à confirmer, {totals.get('to_correct', 0)} à corriger."
    )
    say(made["limits"][0])


def _social_condition(lot: Mapping[str, Any]) -> list[str]:
    """The duty that depends on the value of the need, in the same words as the page and the dossier."""
    found = (duty for duty in lot["duties"] if duty["duty"] == "social_condition")
    return [f"Condition sociale, {duty['state_fr']} : {duty['text']}" for duty in found]


def _hours(lot: Mapping[str, Any]) -> str:
    hours = lot["hours"]
    if hours is None:
        return "part de main-d'œuvre inconnue"
    if hours["central"] is None:
        return f"{integer(hours['per_100k'])} h pour {euros(100_000)}"
    return "{} h\n({} à {})".format(*(hours[level]["insertion_hours"] for level in ("central", "low", "high")))
