"""Prepares the page of indicators: a table of shares with their counts and coverage, and a drawing of them as bars."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from textwrap import shorten
from typing import Any, Final

from search_api.contracts.pages.buyers import ShareText, against, percent, share_text
from search_api.pages.state import PageState
from search_api.pages.territory_map import Drawing, Tint, territory_map
from search_api.pages.words import VALUES
from vivier.contracts.indicators import BREAKS, TARGETS, By, Dimension, IndicatorRow, Indicators
from vivier.contracts.shares import LEAST_COVERAGE, LEAST_RECORDED, Share
from vivier.french import euros_ht, number, plural
from vivier.territory import Gazetteer

BY_NAMES: Final = {**VALUES["by"], "year": "année de première notification"}
DIMENSIONS: Final = (("social", "sociale"), ("environmental", "environnementale"))
RULE: Final = (
    f"Non concluant : moins de {LEAST_RECORDED} marchés renseignés, ou moins de {percent(LEAST_COVERAGE)} d'entre eux. "
    "La part est montrée, sans comparaison à la cible."
)
LISTED: Final = 100
"""Most groups in the page; the file has them all."""
DRAWN: Final = 30
"""Most groups on the drawing: with more, it could not be read."""
WIDTH: Final = 420.0
_LEFT, _SPAN, _STEP, _TOP = 10.0, 400.0, 38.0, 26.0


@dataclass(frozen=True)
class Line:
    """One group and one consideration, in words. ``url``: the indicators of the group by year."""

    label: str
    url: str | None
    n: int
    yes: int
    no: int
    unknown: int
    coverage: str
    rendered: ShareText
    verdict: str
    interval: str
    bounds: str
    amount: str


@dataclass(frozen=True)
class Bar:
    """One group on the drawing: floor and ceiling of the share of all contracts, interval and share of the recorded ones; ``y``: its
    top.

    ``at`` is ``None`` when nothing is recorded: only the band of the unknown contracts is drawn.
    """

    label: str
    value: str
    y: float
    floor: float
    ceiling: float
    low: float | None
    high: float | None
    at: float | None
    sure: bool


@dataclass(frozen=True)
class Chart:
    """Bars, position of the target, and breaks of the series (``y`` of the lines between two groups)."""

    bars: tuple[Bar, ...]
    height: float
    target: float
    target_text: str
    breaks: tuple[float, ...]
    ticks: tuple[tuple[float, str], ...]
    text: str


@dataclass(frozen=True)
class Panel:
    """One consideration: its table and its drawing, its map when the groups are territories. ``share``: of what the sentence tells; ``at``: where it stands
    on a bar, ``None`` when it may not face the target."""

    code: str
    name: str
    target: str
    sentence: str
    lines: tuple[Line, ...]
    total: Line
    chart: Chart
    share: str
    at: float | None
    map: Drawing | None


@dataclass(frozen=True)
class Declared:
    """Counts of a group: declared provisions, and contracts won by an inclusive structure without a declared consideration."""

    label: str
    reserved: int
    criterion: int
    clause: int
    undeclared: int


def panels(found: Indicators, state: PageState, gazetteer: Gazetteer) -> tuple[Panel, ...]:
    """The panels, one for each consideration."""
    shown = listed(found)
    latest = {code: _latest(found, code) for code, _ in DIMENSIONS}
    mixed = found.by != "year" and _is_mixed(found)
    return tuple(
        Panel(
            code,
            name,
            percent(TARGETS[code]),
            _sentence(latest[code], code, name),
            tuple(_line(row, code, _alone(row, found.by, state)) for row in shown),
            _mixed(_line(found.total, code, None), found),
            chart_of(shown[:DRAWN], code, name, found.by),
            percent(getattr(latest[code], code).share.of_recorded),
            None if mixed else _bar(latest[code], code, _TOP).at,
            _map(found, code, state, gazetteer),
        )
        for code, name in DIMENSIONS
    )


def listed(found: Indicators) -> Sequence[IndicatorRow]:
    """The groups to list, a hundred at most: the most recent years in order, or the groups with most contracts."""
    if found.by == "year":
        return found.rows[-LISTED:]
    return sorted(found.rows, key=lambda row: -row.social.share.n)[:LISTED]


def declared(found: Indicators) -> list[Declared]:
    """Counts of declared provisions, by group, then in all."""
    return [
        Declared(label_of(row), row.reserved, row.criterion, row.clause, row.inclusive_undeclared)
        for row in (*listed(found), found.total)
    ]


def label_of(row: IndicatorRow) -> str:
    """The name of a group. A CPV division has its code too; a buyer without a name is named by its number."""
    if row.value == row.label and row.value.isdigit() and len(row.value) == 9:
        return f"SIREN {row.value}"
    return f"{row.label} ({row.value})" if row.value.isdigit() and len(row.value) == 2 else row.label


def _alone(row: IndicatorRow, by: By, state: PageState) -> str | None:
    if by == "buyer":
        return f"/acheteurs/{row.value}"
    changes: dict[str, Any] = {by: (row.value,), "by": "year"}
    return None if by == "year" else state.url(**changes)


def _line(row: IndicatorRow, code: str, url: str | None) -> Line:
    dimension: Dimension = getattr(row, code)
    share = dimension.share
    low, high = share.interval
    return Line(
        label=label_of(row),
        url=url,
        n=share.n,
        yes=share.yes,
        no=share.no,
        unknown=share.unknown,
        coverage=percent(share.coverage),
        rendered=share_text(share, TARGETS[code]),
        verdict=_verdict(share, TARGETS[code]),
        interval=f"{percent(low)} à {percent(high)}" if share.recorded else "inconnu",
        bounds=f"{percent(share.of_all)} à {percent(share.ceiling)}",
        amount=_amount(dimension),
    )


def _latest(found: Indicators, code: str) -> IndicatorRow:
    """The latest year that concludes, where groups are years; else the whole."""
    years = reversed(found.rows if found.by == "year" else ())
    return next((row for row in years if getattr(row, code).share.conclusive), found.total)


def _sentence(row: IndicatorRow, code: str, name: str) -> str:
    """Of the contracts of a year, or of all, that record the consideration, how many have one."""
    share: Share = getattr(row, code).share
    year = f" de {row.value}" if row.value.isdigit() else ""
    recorded = plural(share.recorded, "marché renseigné", "marchés renseignés") + year
    have = "comporte" if share.yes < 2 else "comportent"
    unsaid = f" {plural(share.unknown, 'autre ne dit', 'autres ne disent')} rien." if share.unknown else ""
    return (
        f"Sur {recorded}, {number(share.yes)} {have} une considération {name} ({percent(share.of_recorded)}).{unsaid}"
    )


def _mixed(total: Line, found: Indicators) -> Line:
    """The line of the whole, without a comparison with the target when the period crosses a break of series."""
    return replace(total, verdict="séries mêlées") if _is_mixed(found) else total


def _is_mixed(found: Indicators) -> bool:
    return any(text in found.notices for _, text in BREAKS)


def _verdict(share: Share, target: float) -> str:
    if not share.conclusive:
        return "non concluant"
    return against(share, target)


def _amount(dimension: Dimension) -> str:
    """The share in amount among the contracts that record the consideration, and the sum of these amounts."""
    if not dimension.amount_recorded:
        return "inconnue"
    share = percent(dimension.amount_yes / dimension.amount_recorded)
    return f"{share} de {euros_ht(dimension.amount_recorded)}"


def chart_of(rows: Sequence[IndicatorRow], code: str, name: str, by: By) -> Chart:
    """The drawing of some groups; the breaks of the series are drawn when the groups are years."""
    bars = tuple(_bar(row, code, _TOP + place * _STEP) for place, row in enumerate(rows))
    figures = "; ".join(f"{bar.label} : {bar.value}" for bar in bars[:8])
    target = TARGETS[code]
    return Chart(
        bars=bars,
        height=_TOP + len(bars) * _STEP + 18,
        target=_x(target),
        target_text=f"cible {percent(target)}",
        breaks=tuple(_breaks(rows)) if by == "year" else (),
        ticks=tuple((_x(value), percent(value)) for value in (0.0, 0.25, 0.5, 0.75, 1.0)),
        text=f"Part des marchés à considération {name}, {plural(len(bars), 'ligne')} du tableau. {figures}.",
    )


def _bar(row: IndicatorRow, code: str, y: float) -> Bar:
    share: Share = getattr(row, code).share
    low, high = share.interval
    known = share.of_recorded is not None
    value = share_text(share).share + ("" if share.conclusive else " (non concluant)")
    return Bar(
        label=shorten(label_of(row), 58 - len(value), placeholder="…"),
        value=value,
        y=y,
        floor=_x(share.of_all or 0.0),
        ceiling=_x(share.ceiling or 0.0),
        low=_x(low) if known else None,
        high=_x(high) if known else None,
        at=None if share.of_recorded is None else _x(share.of_recorded),
        sure=share.conclusive,
    )


STEPS: Final[Mapping[str, tuple[float, ...]]] = {
    "social": (0.1, 0.2, 0.3, 0.5),
    "environmental": (0.25, 0.5, 0.75, 1.0),
}
"""Shares from which a territory takes the next tint; one of them is the target."""


UNKNOWN_RANK: Final = 9
"""The tint of a territory without a recorded contract."""


def steps_of(code: str) -> list[str]:
    """What each tint of a map means: « moins de 10 % », « 10 à 20 % », « 50 % et plus »."""
    steps = STEPS[code]
    between = (f"de {percent(low)} à moins de {percent(high)}" for low, high in pairwise(steps))
    last = percent(steps[-1]) if steps[-1] == 1 else f"{percent(steps[-1])} et plus"
    return [f"moins de {percent(steps[0])}", *between, last]


def _map(found: Indicators, code: str, state: PageState, gazetteer: Gazetteer) -> Drawing | None:
    """The share of each territory; hatched where it is not conclusive. ``None`` when the groups are no territories."""
    if found.by not in ("departement", "region"):
        return None
    known = gazetteer.names[found.by]
    rows = [row for row in found.rows if row.value.partition(":")[2] in known and getattr(row, code).share.recorded]
    drawn = {row.value for row in rows}
    others = (id_ for name in known if (id_ := f"{found.by}:{name}") not in drawn)
    unknown = [
        Tint(gazetteer.get(id_), UNKNOWN_RANK, False, f"{gazetteer.get(id_).name} : inconnue", "") for id_ in others
    ]
    return territory_map([*(_tint(row, code, found.by, state, gazetteer) for row in rows), *unknown], gazetteer)


def _tint(row: IndicatorRow, code: str, by: By, state: PageState, gazetteer: Gazetteer) -> Tint:
    share: Share = getattr(row, code).share
    worded = share_text(share)
    title = f"{row.label} : {worded.share}, {worded.covers}"
    return Tint(
        gazetteer.get(row.value),
        bisect_right(STEPS[code], share.of_recorded or 0.0),
        not share.conclusive,
        f"{title} ; {worded.verdict}" if worded.verdict else title,
        f"{round((share.of_recorded or 0.0) * 100)}",
        _alone(row, by, state),
    )


def _x(value: float) -> float:
    return round(_LEFT + value * _SPAN, 1)


def _breaks(rows: Sequence[IndicatorRow]) -> Iterator[float]:
    """Positions of the lines between the last year before a break and the first year after it."""
    years = [int(row.value) if row.value.isdigit() else 0 for row in rows]
    for first, _ in BREAKS:
        after = next((place for place, year in enumerate(years) if year >= first), None)
        if after:
            yield round(_TOP + after * _STEP - 4, 1)
