"""``docs/generated/vocabulary.md``: the words of the field with their legal basis, and the codes found in statistics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crawlers.words import ASIDES, ISSUES, SKIPS
from indexer.words import MERGE
from mappings import read_table
from scripts.docs.markdown import code, table
from scripts.docs.markdown import page as whole
from vivier import vocabulary
from vivier.law.articles import ARTICLE_NAMES
from vivier.law.kinds import CLAUSE_ARTICLE, KINDS, Kind
from vivier.law.labels import LABELS
from vivier.search.scoring import COVERAGE_STEPS, EVIDENCE_STEPS, INFERRED_KEEPS, SUPPOSED_VALUE, WEIGHTS
from vivier.suppliers.networks import NETWORKS
from vivier.territory.issues import ISSUES as ADDRESS_ISSUES

_INTRODUCTION = """The codes used in parameters, answers and files, with the French words shown to readers. Kinds, articles, who
answers which article and labels are rows of `kinds.csv`, `articles.csv`, `eligibility.csv` and `labels.csv` in `mappings/tables`;
trades are in `trades.csv` beside them and at `/v1/trades`; the weights of the score are in `vivier/search/scoring.py`;
`vivier/vocabulary.py` declares the rest. « À confirmer » means that we have not read the text ourselves."""

_KINDS = """Held through a dated agreement. `zone`: radius in km read around the seat when no zone of intervention is published, an
assumption of ours that is shown as such."""

_ANSWERS = """Only a plain « yes » counts for the parameter `article`. `equivalent`: the buyer judges whether the structure is equivalent.
`if_ess`: only when it is also an enterprise of the *économie sociale et solidaire*. The last column: whether a structure may carry
the insertion hours of a clause; `any trade`: it lends people (*mise à disposition*)."""

_LABELS = """Expired or suspended labels are shown, never matched. Where no open list of holders is known, none found does not mean
that none exists."""


_EVIDENCES = """From strong to weak (`mappings/tables/trade_rungs.csv`). Two rungs tell no trade: `statute`, that people are lent;
`activity`, that a trade is supposed, which no search by trade returns unless this rung is asked for. How many suppliers of the real
lists each rung reaches: `python -m benchmarks rungs`."""


_SCORE = f"""Weights when every part is called for. Those a query does not call for are shared out among the others; each part is a
ladder of steps from 0 to 1 (`vivier/search/scoring.py`). A coverage by a zone we assume keeps {INFERRED_KEEPS:g} of its value."""


def _kinds() -> str:
    rows = (
        (code(kind.code), kind.name, kind.family, kind.legal_basis, _checked(kind.checked), f"{kind.zone_km:g} km")
        for kind in KINDS.values()
    )
    return table(("code", "name", "family", "legal basis", "read by us", "zone"), rows)


def _checked(checked: bool) -> str:
    return "yes" if checked else "à confirmer"


def _articles() -> str:
    rows = ((code(article), name) for article, name in ARTICLE_NAMES.items())
    return table(("article", "reservation"), rows)


def _eligibility() -> str:
    articles = tuple(ARTICLE_NAMES)
    rows = (
        (code(kind.code), *(kind.answers(article) for article in articles), _clause(kind)) for kind in KINDS.values()
    )
    return table(("kind", *articles, "clause hours (L2112-2)"), rows)


def _clause(kind: Kind) -> str:
    answer = kind.answers(CLAUSE_ARTICLE)
    return f"{answer}, any trade" if kind.lends == "any_trade" else answer


_NETWORKS = """The closed list of the filter `network` (`networks.csv`). A request may write any of the names, whatever the case and the accents.
Another network that a source writes is shown as written and found by its words; it is no value of the filter."""


def _labels() -> str:
    rows = (
        (
            code(label.code),
            label.name,
            label.family,
            label.certifies,
            label.issuer,
            label.validity,
            "known" if label.open_source else "none known",
        )
        for label in LABELS.values()
    )
    return table(("code", "name", "family", "certifies", "issuer", "validity", "open list"), rows)


def _words(words: Mapping[str, str], first: str = "code") -> str:
    return table((first, "in French"), ((code(name), text) for name, text in words.items()))


def _valued(words: Mapping[str, str], values: Mapping[str, float]) -> str:
    rows = ((code(name), text, f"{values.get(name, 0):g}") for name, text in words.items())
    return table(("code", "in French", "value in the score"), rows)


def _networks() -> str:
    rows = (
        (network.name, ", ".join(network.other_names), network.members, network.source) for network in NETWORKS.values()
    )
    return table(("network", "also written", "members, in French", "source"), rows)


def _rungs() -> str:
    values = {**EVIDENCE_STEPS, vocabulary.SUPPOSED: SUPPOSED_VALUE}
    rows = (
        (
            code(row["rung"]),
            vocabulary.EVIDENCES[row["rung"]],
            f"{values[row['rung']]:g}" if row["rung"] in values else "–",
            f"{row['right']} of {row['of']}" if row["of"] else "–",
            row["how"],
        )
        for row in read_table("trade_rungs")
    )
    return table(("code", "in French", "value in the score", "right", "how it was measured"), rows)


def _weights() -> str:
    rows = ((code(name), vocabulary.COMPONENTS[name], f"{weight:g}") for name, weight in WEIGHTS.items())
    return table(("part", "in French", "weight"), rows)


def _parts() -> Iterator[str]:
    yield _INTRODUCTION
    yield f"## Kinds of structure\n\n{_KINDS}\n\n{_kinds()}"
    yield f"## Reservation articles\n\nOf the *code de la commande publique*.\n\n{_articles()}\n\n{_ANSWERS}\n\n{_eligibility()}"
    yield f"## Labels\n\n{_LABELS}\n\n{_labels()}"
    yield f"## Networks\n\n{_NETWORKS}\n\n{_networks()}"
    yield f"## Service types\n\n{_words(vocabulary.SERVICE_TYPES)}"
    yield f"## Evidence of a trade\n\n{_EVIDENCES}\n\n{_rungs()}"
    yield "## Coverage classes\n\nFrom most to least; see [concepts](../concepts.md) for the bounds. A zone that leaves nobody out is worth 1."
    yield _valued(vocabulary.COVERAGE_CLASSES, COVERAGE_STEPS)
    yield f"## Parts of the score\n\n{_SCORE}\n\n{_weights()}"
    yield f"## Basis of a fact\n\n{_words(vocabulary.BASES)}"
    yield "## Reasons in statistics\n\nWhat `statistics.json` of a run and the command line count."
    yield f"Rows out of the scope of their source:\n\n{_words(SKIPS)}"
    yield f"Rows set aside:\n\n{_words(ASIDES)}"
    yield f"What to doubt in a record that was kept:\n\n{_words(ISSUES)}"
    yield f"What to doubt in an address, once resolved:\n\n{_words(ADDRESS_ISSUES)}"
    yield f"Counts of the merge:\n\n{_words(MERGE)}"


def page() -> str:
    """The whole page."""
    return whole("Vocabulary", *_parts())
