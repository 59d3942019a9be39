"""Two lists of one collection: notices, and planned purchases, which are notices of one nature."""

from __future__ import annotations

from typing import Final

from vivier.contracts.query import NoticeQuery
from vivier.errors import FieldError, InvalidRequest
from vivier.procurement import NOTICE_NATURES

PROJECT: Final = {"nature": ("project",), "status": ("planned",), "source": ("approch",)}
"""Parameters that every planned purchase meets, with their only value."""
_OTHERS: Final = tuple(nature for nature in NOTICE_NATURES if nature not in PROJECT["nature"])


def of_projects(query: NoticeQuery, elsewhere: str) -> NoticeQuery:
    """The query restricted to planned purchases.

    Raises ``InvalidRequest`` when the query names another nature, status or source; ``elsewhere`` is the list to query instead.
    """
    wrong = [name for name, own in PROJECT.items() if getattr(query, name) not in ((), own)]
    if wrong:
        message = "« {} » : sans objet ici, cette liste ne tient que des projets d'achat. Retirez-le, ou demandez {}."
        raise InvalidRequest(
            tuple(FieldError(name, "not_applicable", message.format(name, elsewhere)) for name in wrong)
        )
    return query.model_copy(update={"nature": PROJECT["nature"]})


def of_notices(query: NoticeQuery) -> NoticeQuery:
    """The query restricted to notices other than planned purchases, unless it names natures itself."""
    return query if query.nature else query.model_copy(update={"nature": _OTHERS})
