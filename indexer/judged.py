"""Builds the judged suppliers as a generation of their own, beside the real ones, and makes a gate of it.

The code and engine of the real generation build it in a place of its own (a temporary folder, another index prefix),
and it is removed at once: fictitious suppliers are never among real ones, not even for a moment or after a crash.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from indexer.build import build_generation
from indexer.gather import placed
from indexer.merge import merge
from indexer.stock import Ready
from vivier.engine import open_engine
from vivier.errors import BuildRefused, NotFound
from vivier.french import number, plural
from vivier.lexicon import Lexicon
from vivier.search.port import Generation, Store
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.judged import Ranking, judged_records, mean, rank

FLOOR: Final = 0.97
"""Least mean nDCG@10 with which a generation is promoted; ``docs/relevance.md`` gives the figure of today."""
_LEFT_BEHIND: Final = timedelta(hours=1)


def check_judged(engine: Store, settings: Settings, lexicon: Lexicon) -> None:
    """Refuses to promote with code and tables that rank the judged searches badly, or that propose a supplier judged 0.

    Raises ``BuildRefused`` that names the worst search. Cost: about half a second embedded.
    """
    with judged_generation(engine.name, settings, lexicon) as snapshot:
        refuse_below(rank(snapshot, lexicon), FLOOR)


def refuse_below(rankings: tuple[Ranking, ...], floor: float) -> None:
    """Raise ``BuildRefused`` when the mean nDCG@10 is below ``floor``, or a supplier judged 0 is proposed."""
    wrong = [(ranking.judged.id, supplier) for ranking in rankings for supplier in ranking.wrong]
    figure = mean(ranking.ndcg for ranking in rankings)
    if figure >= floor and not wrong:
        return
    worst = min(rankings, key=lambda ranking: (not ranking.wrong, ranking.ndcg))
    reason = f"nDCG@10 moyen {number(figure, 3)}, plancher {number(floor, 3)}"
    if wrong:
        reason += (
            f" ; {plural(len(wrong), 'proposition')} à ne pas faire, dont « {wrong[0][1]} » pour « {wrong[0][0]} »"
        )
    raise BuildRefused(
        f"Les recherches jugées ne passent plus ({reason}). La pire : « {worst.judged.id} » ({worst.judged.about}), "
        f"nDCG@10 {number(worst.ndcg, 3)}. « --skip-judged » passe outre."
    )


@contextmanager
def judged_generation(engine: str, settings: Settings, lexicon: Lexicon) -> Iterator[Snapshot]:
    """The judged suppliers, read from an engine of that name (``embedded`` or ``opensearch``); removed at the end."""
    with tempfile.TemporaryDirectory(prefix="vivier-judged-") as folder:
        apart = {"engine": engine, "home": Path(folder), "opensearch_prefix": f"{settings.opensearch_prefix}-judged"}
        with closing(open_engine(settings.model_copy(update=apart))) as side:
            _remove_old(side)
            generation = _built(side, lexicon)
            try:
                yield Snapshot(side, {"suppliers": generation.name})
            finally:
                side.remove("suppliers", generation.name)


def _built(side: Store, lexicon: Lexicon) -> Generation:
    suppliers = merge(placed(record, lexicon.gazetteer)[0] for record in judged_records()).suppliers
    return build_generation(side, Ready(suppliers), lexicon, lambda: {"judged": True})[0]


def _remove_old(side: Store) -> None:
    """Removes what a crash between the build and the removal left. A generation younger than an hour may be another
    gate at work: it stays."""
    for old in side.generations("suppliers"):
        if datetime.now(UTC) - old.created_at > _LEFT_BEHIND:
            with suppress(NotFound):
                side.remove("suppliers", old.name)
