"""The Python text of a new source and of its tests, formatted as ruff formats it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from string import Template
from typing import Final

from crawlers.scaffold.layout import Layout

TO_FILL: Final = "À COMPLÉTER"
"""Begins every text that only a person can write. A test refuses documentation where one is left."""

_SOURCE: Final = Template('''\
"""$to_fill: what this list is, what one row is, and the traps a reader of the data should know."""

from __future__ import annotations
${re_import}
from crawlers.kit import Aside, CsvFamily, Intake, Outcome, Row, Source
${place_import}\
from crawlers.kit.values import $values
from vivier.model import $models
from vivier.runs.records import SourceCard
${trade_import}\

CARD = SourceCard(
    id="$id",
    title="$to_fill : titre de la liste",
    producer="$to_fill : qui publie la liste",
    dataset="$to_fill : nom du jeu de données",
    licence="$to_fill : licence que donne le producteur, sinon « non précisée par le producteur »",
    homepage="$to_fill : adresse https de la page du jeu de données",
    role="declared",  # what it is trusted for; a public register is a "register" (docs/generated/survivorship.md)
    covers="$to_fill : ce qu'on y trouve.",
    limits="$to_fill : ce qu'on n'y trouve pas.",
)

$constants

${address}${offers}\
def convert(row: Row, intake: Intake) -> Outcome:
    """One structure. What the list proves of it is added here: agreements, labels, offers."""
    issues: list[str] = []
    written = row.take(SIRET)
    siret, siren = identifiers(written, issues)
    name = public_text(row.take(NAME), issues)
    if siret is None:
        return siret_refused(SIRET, written, issues)
    if name is None:
        return Aside("name_missing", f"« {NAME} » est vide")
    return Record(
        source_id=siret,
        provenance=intake.provenance(),
        name=name,
        siren=siren,
        siret=siret,
${given}\
        issues=tuple(dict.fromkeys(issues)),
    )


FAMILY = CsvFamily(
    convert=convert,
    required=($required),
${layout}\
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises, basis="declared")
''')

_ADDRESS: Final = Template("""
def _address(row: Row, issues: list[str]) -> Address:
    return Address(
${fields}\
    )


""")

_OFFERS: Final = '''\
def _offers(row: Row, issues: list[str]) -> tuple[Offer, ...]:
    """One declared offer a trade, in the words of the list."""
    words = [part.strip() for part in re.split("[;|]", public_text(row.take(TRADES), issues) or "")]
    return tuple(_offer(part, issues) for part in dict.fromkeys(words) if part)


def _offer(words: str, issues: list[str]) -> Offer:
    trade = trade_of_words(words)
    if trade is None:
        issues.append("trade_unrecognised")
    return Offer(trade=trade, title=words, evidence="declared")


'''

_ADDRESS_FIELDS: Final = {
    "address": "line=public_text(row.take(ADDRESS), issues)",
    "post_code": "post_code=post_code(row.take(POST_CODE), issues)",
    "town": "town=public_text(row.take(TOWN), issues)",
}

_TEST: Final = Template('''\
"""The source « $id », column by column. The shared tests hold its sample, its counts and every bad input."""

from __future__ import annotations

from crawlers.kit import Aside, Intake, Outcome, Row, settle
from crawlers.sources.$id import $constants, convert
from tests.crawlers.samples import NOW
from vivier.model import Record

ROW = {
${row}\
}


def read(**changes: str) -> Outcome:
    cells: dict[str, object] = {**ROW, **changes}
    return settle(Row(cells, "ligne 2"), Intake(card=CARD, now=NOW), convert)


def test_a_row_gives_a_record_known_by_its_siret() -> None:
    record = read()
    assert isinstance(record, Record)
    assert (record.source_id, record.siret) == (ROW[SIRET], ROW[SIRET])
    assert record.name == ROW[NAME]
${asserts}\
    assert record.issues == ()


def test_a_row_without_a_siret_is_set_aside_with_the_name_of_the_column() -> None:
    assert read(**{SIRET: ""}) == Aside("siret_invalid", f"« {SIRET} » est vide : il sert d'identifiant")


def test_a_row_without_a_name_is_set_aside_with_the_name_of_the_column() -> None:
    assert read(**{NAME: " "}) == Aside("name_missing", f"« {NAME} » est vide")
''')

_ASSERTED: Final = {
    "address": "address.line",
    "post_code": "address.post_code",
    "town": "address.town",
    "website": "website",
    "trades": "offers[0].title",
}


def source_text(layout: Layout, source_id: str) -> str:
    """The module ``crawlers/sources/<id>.py``."""
    fields = [text for role, text in _ADDRESS_FIELDS.items() if role in layout.roles]
    website, trades = "website" in layout.roles, "trades" in layout.roles
    return _SOURCE.substitute(
        id=source_id,
        to_fill=TO_FILL,
        place_import="from crawlers.kit.place import post_code\n" if "post_code" in layout.roles else "",
        values=", ".join(("identifiers", "public_text", "siret_refused", *(["website"] if website else []))),
        models=", ".join((*(["Address"] if fields else []), *(["Offer"] if trades else []), "Record")),
        re_import="\nimport re\n" if trades else "",
        trade_import="from vivier.trades.words import trade_of_words\n" if trades else "",
        offers=_OFFERS if trades else "",
        constants="\n".join(f"{role.upper()} = {_literal(name)}" for role, name in layout.roles.items()),
        address=_ADDRESS.substitute(fields=_lines(8, fields)) if fields else "\n",
        given=_lines(
            8,
            [
                *(["address=_address(row, issues)"] if fields else []),
                *(["offers=_offers(row, issues)"] if trades else []),
                *(["website=website(row.take(WEBSITE), issues)"] if website else []),
            ],
        ),
        required=", ".join(map(str.upper, layout.roles)),
        layout=_lines(4, _settings(layout)),
    )


def tests_text(layout: Layout, source_id: str, row: Mapping[str, str]) -> str:
    """The module ``tests/crawlers/test_source_<id>.py``; ``row`` is a right row by role."""
    return _TEST.substitute(
        id=source_id,
        constants=", ".join(sorted(("CARD", *map(str.upper, layout.roles)))),
        row=_lines(4, [f"{role.upper()}: {_literal(cell)}" for role, cell in row.items()]),
        asserts="".join(
            f"    assert record.{path} == ROW[{role.upper()}]\n"
            for role, path in _ASSERTED.items()
            if role in layout.roles
        ),
    )


def _settings(layout: Layout) -> Iterator[str]:
    """Arguments of the family that are not their defaults."""
    for argument, names in (("ignored", layout.ignored), ("contact", layout.contact)):
        if names:
            yield f"{argument}={_tuple(names)}"
    if layout.delimiter != ",":
        yield f"delimiter={_literal(layout.delimiter)}"
    if layout.fallback is not None:
        yield f"fallback={_literal(layout.fallback)}"


def _tuple(names: Sequence[str]) -> str:
    """One name a line, so that adding one changes one line; a single name stays on its own."""
    if len(names) == 1:
        return f"({_literal(names[0])},)"
    return "(\n" + _lines(8, [_literal(name) for name in names]) + "    )"


def _lines(indent: int, items: Sequence[str] | Iterator[str]) -> str:
    return "".join(f"{' ' * indent}{item},\n" for item in items)


def _literal(text: str) -> str:
    """The text as Python writes it, between the quotation marks that need fewer escapes."""
    mark = "'" if text.count('"') > text.count("'") else '"'
    inside = repr(text + "\"'")[1:-4]  # with both marks inside, repr puts it between single ones and escapes those
    plain = inside.replace("\\'", "'")
    return mark + plain.replace(mark, "\\" + mark) + mark
