"""What routes and verbs ask: issue, read, change and replay dossiers, less the structures that opposed since."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, Literal

from vivier.dossiers.blank import blanked, ids_of, is_copy, opposed_in
from vivier.dossiers.compose import compose
from vivier.dossiers.contacts import Change
from vivier.dossiers.folder import shelf_of
from vivier.dossiers.issue import changed, issue, read
from vivier.dossiers.port import DossierPurged, Shelf
from vivier.dossiers.question import Question, on, question_of
from vivier.dossiers.replay import Data, replay
from vivier.engine.snapshot import Snapshot
from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition
from vivier.settings import Settings

Body = dict[str, Any]
Kept = Literal["same", "other", "unknown", "purged"]
KEPT: Final[dict[Kept, str]] = {
    "same": "C'est bien le dossier émis ici sous ce numéro.",
    "other": "Ce n'est pas le dossier émis ici sous ce numéro : son contenu a été changé.",
    "unknown": "Aucun dossier n'a été émis ici sous ce numéro.",
    "purged": "Le dossier émis sous ce numéro a été supprimé à son terme : plus rien ici ne permet de les comparer.",
}
"""What a file with the id of an issued dossier is, in French."""


class Registry:
    """Issued dossiers. Raises what :mod:`vivier.dossiers.port` names, and ``NotFound``."""

    def __init__(self, shelf: Shelf, opposition: Opposition) -> None:
        self.shelf, self.opposition = shelf, opposition

    def issue(self, question: Question, snapshot: Snapshot, lexicon: Lexicon, today: date, former: str = "") -> Body:
        """Answer a question and keep the dossier; ``former``: the id of the one it takes the place of."""
        before = read(former, self.shelf, today) if former else None
        return issue(compose(question, snapshot, lexicon), self.shelf, today, before)

    def keep(self, composed: Body, today: date) -> Body:
        """Keep a dossier that is composed already."""
        return issue(composed, self.shelf, today)

    def read(self, id_: str, today: date) -> Body:
        """A dossier as it is given today."""
        return blanked(read(id_, self.shelf, today), self.opposition)

    def compared(self, dossier: Body, today: date) -> Kept:
        """Whether a file with an id is the dossier kept under that id, by the hash of its content, computed again."""
        try:
            issued = read(str(dossier["dossier_id"]), self.shelf, today)
        except NotFound:
            return "unknown"
        except DossierPurged:
            return "purged"
        return "same" if is_copy(dossier, issued, self.opposition) else "other"

    def change(self, id_: str, change: Change, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Body:
        """A new version: contacts added, order drawn again, or the analysis made again today on the data in service."""
        former = read(id_, self.shelf, today)
        if change.refresh:
            return issue(compose(on(question_of(former), today), snapshot, lexicon), self.shelf, today, former)
        return changed(former, change, self.shelf, today)

    def replay(
        self,
        id_: str,
        snapshot: Snapshot,
        lexicon: Lexicon,
        today: date,
        data: Data = "live",
        as_of: date | None = None,
    ) -> Body:
        """What the question of a dossier gives today."""
        kept = read(id_, self.shelf, today)
        opposed = ids_of(kept, opposed_in(kept, self.opposition))
        return replay(kept, snapshot, lexicon, data=data, as_of=as_of, opposed=opposed)


def registry_of(settings: Settings) -> Registry:
    """The registry of a house."""
    return Registry(shelf_of(settings), Opposition(settings))
