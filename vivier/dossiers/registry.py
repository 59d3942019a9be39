"""The operations of routes and of a verb: issue, read and verify dossiers, without the structures that opposed since."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from vivier.dossiers.blank import blanked, is_copy
from vivier.dossiers.compose import compose
from vivier.dossiers.issue import issue, read
from vivier.dossiers.port import DossierPurged, Shelf
from vivier.dossiers.question import Question
from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.privacy.opposition import Opposition
from vivier.search.snapshot import Snapshot

Body = dict[str, object]
Comparison = Literal["same", "other", "unknown", "purged"]
COMPARISONS: Final[dict[Comparison, str]] = {
    "same": "C'est bien le dossier créé ici sous ce numéro.",
    "other": "Ce n'est pas le dossier créé ici sous ce numéro : son contenu a été changé.",
    "unknown": "Aucun dossier n'a été créé ici sous ce numéro.",
    "purged": "Le dossier créé sous ce numéro a été supprimé à son terme : plus rien ici ne permet de les comparer.",
}
"""French sentences on a file compared with the dossier issued under its id."""


class Registry:
    """Issued dossiers. Its methods raise the errors of :mod:`vivier.dossiers.port`, and ``NotFound``."""

    def __init__(self, shelf: Shelf, opposition: Opposition) -> None:
        self.shelf, self.opposition = shelf, opposition

    def by(self, client: str) -> Registry:
        """The same registry, where one client issues no more in a day than its share."""
        return Registry(self.shelf.by(client), self.opposition)

    def issue(self, question: Question, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Body:
        """Answers a question and issues the dossier."""
        return issue(compose(question, snapshot, lexicon), self.shelf, today)

    def keep(self, composed: Body, today: date) -> Body:
        """Issues a dossier that is already composed."""
        return issue(composed, self.shelf, today)

    def read(self, id_: str, today: date) -> Body:
        """A dossier as it is given today, without the structures that opposed."""
        return blanked(read(id_, self.shelf, today), self.opposition)

    def compared(self, dossier: Body, today: date) -> Comparison:
        """Compares a file with the dossier issued under its id, by the hash of its content, which is computed again."""
        try:
            issued = read(str(dossier["dossier_id"]), self.shelf, today)
        except NotFound:
            return "unknown"
        except DossierPurged:
            return "purged"
        return "same" if is_copy(dossier, issued, self.opposition) else "other"
