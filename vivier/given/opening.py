"""Opens a round from a studied lot: whom to ask, in a neutral order that its seed gives again."""

from __future__ import annotations

from datetime import date

from vivier.desk.consultation import Desk, LotStudy
from vivier.desk.method.candidate import Candidate
from vivier.desk.read.understanding import understand
from vivier.dossiers.listing import commune_name
from vivier.dossiers.question import Question
from vivier.errors import FieldError, InvalidRequest
from vivier.given.asked import Opening, check_nobody
from vivier.given.round import Inquiry, Invited
from vivier.given.rounds import Rounds
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.snapshot import Snapshot
from vivier.suppliers.neutral import neutral_key


def open_round(
    question: Question,
    line: int,
    opening: Opening,
    rounds: Rounds,
    snapshot: Snapshot,
    lexicon: Lexicon,
    today: date,
    client: str = "",
    id_: str = "",
) -> str:
    """Opens a round about one line of a question, and one about each other line asked together; returns the id of the first. Raises ``InvalidRequest``
    when a line has errors or nobody to ask, and the errors of :meth:`~vivier.given.rounds.Rounds.open`."""
    closes_on = opening.last_day(today, rounds.days)
    check_nobody(opening.organisation, question.settings.title)
    lines = dict.fromkeys((line, *opening.others))
    inquiries = [_inquiry(question, number, opening.size, snapshot, lexicon) for number in lines]
    organisation = " ".join(opening.organisation.split())
    return rounds.open(
        *(question, inquiries, today, closes_on, organisation),
        tells_amount=opening.tells_amount,
        client=client,
        id_=id_,
    )


def _inquiry(question: Question, line: int, size: int, snapshot: Snapshot, lexicon: Lexicon) -> Inquiry:
    study = studied(question, line, snapshot, lexicon)
    if study.feasibility is None:
        raise InvalidRequest(
            study.line.errors or (_wrong("Ce lot n'est pas compris : corrigez-le avant d'interroger."),)
        )
    invited = invited_of(study, size, snapshot, lexicon)
    if not invited:
        where = f"« {study.line.text[:80]} »"
        raise InvalidRequest(
            (_wrong(f"Aucune structure à interroger pour {where} parmi celles que nous connaissons."),)
        )
    return Inquiry(line, invited, study.seed, tuple(choice.code for choice in study.line.trades))


def studied(question: Question, line: int, snapshot: Snapshot, lexicon: Lexicon) -> LotStudy:
    """The study of one line of a question, with what structures answered about it. Raises ``InvalidRequest`` naming « line »."""
    if all(row.line != line for row in question.rows):
        raise InvalidRequest((_wrong(f"« line » : aucun lot n'a le rang {line}."),))
    desk = Desk(snapshot, lexicon, question.settings.study_settings(question.as_of))
    lines = [understand(row, lexicon, question.settings.place) for row in question.rows]
    return desk.line_of(lines, line, question.answers.get(line, ()))


def invited_of(study: LotStudy, size: int, snapshot: Snapshot, lexicon: Lexicon) -> tuple[Invited, ...]:
    """Whom to ask about a studied lot: the structures to consult, and those that could answer a reserved lot. One site a legal unit, in
    the neutral order of the seed of the study, the first ``size`` of them."""
    assert study.feasibility is not None
    sites = {contact.structure.site.unit: contact.structure.site for contact in study.contacts}
    could = (prospect.site for prospect in study.feasibility.best.prospects.every if prospect.able > 0)
    everyone = sites | {
        site.unit: site for site in could
    }  # the site that is named to be called is the one that answers
    drawn = sorted(everyone.values(), key=lambda site: neutral_key(study.seed, site.id))[:size]
    records = snapshot.suppliers.get([site.id for site in drawn])
    return tuple(_invited(rank, site, records.get(site.id), lexicon) for rank, site in enumerate(drawn, 1))


def _invited(rank: int, site: Candidate, record: SupplierView | None, lexicon: Lexicon) -> Invited:
    others = () if record is None else (number for number in record.get("identifiers", ()) if len(number) == 14)
    sirets = dict.fromkeys((*((site.siret,) if site.siret else ()), *others))
    website = None if record is None or "website" not in record else record["website"]["value"]
    return Invited(
        *(rank, site.id, site.name, site.possible_kinds, commune_name(site.commune, lexicon), website, tuple(sirets)),
        departement=lexicon.gazetteer.departement_of_seat(site.commune),
        silent=not (site.trade_known or site.in_trade),
    )


def _wrong(message: str) -> FieldError:
    return FieldError("line", "invalid_value", message)
