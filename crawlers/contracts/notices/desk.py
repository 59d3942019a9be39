"""Normalises a notice as written, whatever its layout, into one :class:`Notice` for each lot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from crawlers.contracts.memo import Memo
from crawlers.contracts.notices.evidence import evidence_of
from crawlers.contracts.notices.raw import BUYER_PROFILE, NOBODY, Criterion, Part, RawNotice, with_inherited
from crawlers.contracts.notices.recurrence import Announced, period_of
from crawlers.contracts.notices.values import nuts_codes, public_text, read_moment
from crawlers.contracts.organisations import Known, Party, read_organisation
from crawlers.contracts.values import (
    plain,
    read_amount,
    read_cpv,
    read_day,
    read_months,
    read_offers,
)
from crawlers.kit import ROW_ERRORS, Aside, Draft, Intake, Outcome, Skip, refused
from crawlers.kit.values import website
from vivier.model import Notice
from vivier.model.contract import BuyerPlace, Organisation
from vivier.model.notice import AwardCriterion, BuyerContact, Recurrence
from vivier.privacy.organisations import mailbox as organisation_mailbox
from vivier.procurement import NOTICE_NATURES
from vivier.trades.descriptors import category_of

_AHEAD: Final = timedelta(days=3660)
_LATE: Final = timedelta(days=31)
LONGEST_LIST: Final = 60
"""Criteria, CPV codes and winners of one lot, at most. A longer list is a mistake of layout."""
CRITERION: Final = 300
LONGEST_CODE: Final = 100
"""Characters of the number of a notice or of the code of a département, at most."""


class NoticeDesk:
    """Normalises the notices of one run of ``source``."""

    def __init__(self, intake: Intake, source: str) -> None:
        self.intake, self.source = intake, source
        self.latest: date | None = None
        today = intake.now.date()
        self._published: Memo[tuple[date | None, str | None]] = Memo(partial(read_day, latest=today + _LATE))
        self._days: Memo[tuple[date | None, str | None]] = Memo(partial(read_day, latest=today + _AHEAD))
        self._cpvs: Memo[tuple[str | None, str | None]] = Memo(read_cpv)
        self._buyers: Memo[Known] = Memo(partial(read_organisation, role="buyer", public=True))
        self._winners: Memo[Known] = Memo(partial(read_organisation, role="holder"))

    def drafts(
        self,
        where: str,
        read: Callable[[], RawNotice | Skip],
        show: Callable[[RawNotice], Mapping[str, object]],
    ) -> Iterator[Draft]:
        """The drafts of one notice. One that cannot be read is set aside with its reason."""
        try:
            raw = read()
            outcomes = [raw] if isinstance(raw, Skip) else list(self.records(raw))
        except ROW_ERRORS as error:
            yield Draft(where, refused(error), dict)
            return
        for outcome in outcomes:
            yield Draft(where, outcome, dict if isinstance(raw, Skip) else partial(show, raw))

    def records(self, raw: RawNotice) -> Iterator[Outcome]:
        """One record for each lot, or one for a notice without lots, or why the notice is set aside."""
        problem = _unusable(raw)
        if problem is not None:
            yield problem
            return
        common, doubts = self._common(raw)
        seen: dict[str | None, int] = {}
        for lot in raw.lots or [raw.whole]:
            seen[lot.number] = seen.get(lot.number, 0) + 1
            turn = "" if seen[lot.number] == 1 else f"-{seen[lot.number]}"
            number = lot.number if raw.lots else None
            id_ = f"{raw.number}{f'-lot-{number}' if number is not None else ''}{turn}"
            yield self._record(id_, lot, raw, common, list(doubts))

    def _common(self, raw: RawNotice) -> tuple[dict[str, object], list[str]]:
        doubts = list(raw.issues)
        published, doubt = self._published[raw.published]
        planned, other = self._days[raw.planned]
        doubts += [code for code in (doubt, other) if code]
        if published is not None and (self.latest is None or published > self.latest):
            self.latest = published
        buyer = self._buyer(raw.buyer, doubts)
        place = BuyerPlace(post_code=plain(raw.place[0]), town=plain(raw.place[1]), departement=plain(raw.place[2]))
        return {
            "provenance": self.intake.provenance(published, raw.url),
            "source": self.source,
            "number": raw.number,
            "folder": raw.folder,
            "form": raw.form,
            "nature": raw.nature,
            "published": published,
            "planned": planned,
            "follows": tuple(dict.fromkeys(code for code in _codes(raw.follows) if code != raw.number)),
            "buyer": buyer,
            "buyer_place": None if place == BuyerPlace() else place,
            "buyer_contact": _contact(raw.contact),
            "category": raw.category or category_of(raw.descriptors),
            "procedure": raw.procedure,
            "departements": tuple(dict.fromkeys(_codes(raw.departements))),
            "descriptors": tuple(dict.fromkeys(_codes(raw.descriptors)))[:LONGEST_LIST],
            "national": raw.national,
            "wanted_inclusive": raw.wanted_inclusive,
            "recurrence": _recurrence(raw.recurrence, published),
        }, doubts

    def _record(self, id_: str, lot: Part, raw: RawNotice, common: dict[str, Any], doubts: list[str]) -> Outcome:
        part = lot if lot is raw.whole else with_inherited(lot, raw.whole, alone=len(raw.lots) == 1)
        title = public_text(_titled(part, raw), doubts)
        if title is None:
            return Aside("field_missing", f"l'avis {id_} n'a ni intitulé ni objet")
        cpv = tuple(self._cpv_codes(part, doubts))
        description = public_text(part.description, []) if part.description else None
        part.cpv = list(cpv)
        least, most = (self._amount(amount, doubts) for amount in (part.amount_min, part.amount_max))
        return Notice(
            source_id=id_,
            lot=lot.number if raw.lots else None,
            title=title,
            description=description if description != title else None,
            cpv=cpv,
            nuts=nuts_codes(part.nuts),
            deadline=self._deadline(part.deadline, doubts),
            months=self._months(part.months, doubts),
            starts=self._day(part.starts, doubts),
            ends=self._day(part.ends, doubts),
            amount_min=least,
            amount_max=most,
            criteria=tuple(_criterion(criterion) for criterion in part.criteria[:LONGEST_LIST]),
            conditions=public_text(part.conditions, doubts) if part.conditions else None,
            winners=tuple(self._parties(part.winners, doubts)),
            offers=self._offers(part.offers, doubts),
            evidence=evidence_of(part, raw.whole, raw.lots, common["provenance"]),
            issues=tuple(dict.fromkeys(doubts)),
            **common,
        )

    def _buyer(self, party: Party, doubts: list[str]) -> Organisation:
        known = self._buyers[party if party != NOBODY else (None, None, None)]
        doubts += (code for code in known.doubts if code != "buyer_siren_only")  # a SIREN is all that some forms ask
        if known.organisation is None:
            doubts.append("buyer_missing")
        return known.organisation or Organisation()

    def _parties(self, parties: list[Party], doubts: list[str]) -> Iterator[Organisation]:
        for party in dict.fromkeys(parties[:LONGEST_LIST]):
            known = self._winners[party]
            doubts += known.doubts
            if known.organisation is not None:
                yield known.organisation

    def _cpv_codes(self, part: Part, doubts: list[str]) -> Iterator[str]:
        found: dict[str, None] = {}
        for raw in part.cpv[:LONGEST_LIST]:
            code, doubt = self._cpvs[raw]
            if code is not None:
                found[code] = None
            if doubt:
                doubts.append(doubt)
        if not part.cpv:
            doubts.append("cpv_absent")
        yield from found

    def _deadline(self, raw: object, doubts: list[str]) -> datetime | None:
        moment = raw if isinstance(raw, datetime) else read_moment(raw)
        if moment is None and plain(raw) is not None:
            doubts.append("date_invalid")
        elif moment is not None and not 2000 <= moment.year <= 2100:
            doubts.append("date_suspect")
            return None
        return moment

    def _day(self, raw: object, doubts: list[str]) -> date | None:
        day, doubt = self._days[raw]
        doubts += [doubt] if doubt else []
        return day

    def _months(self, raw: object, doubts: list[str]) -> int | None:
        months, doubt = read_months(raw)
        doubts += [doubt] if doubt else []
        return months if months is None or months > 0 else None

    def _amount(self, raw: object, doubts: list[str]) -> float | None:
        amount, doubt = read_amount(raw)
        doubts += [doubt] if doubt else []
        return amount if amount is None or amount >= 0 else None

    def _offers(self, raw: object, doubts: list[str]) -> int | None:
        offers, doubt = read_offers(raw)
        doubts += [doubt] if doubt else []
        return offers


def _recurrence(written: Announced | None, published: date | None) -> Recurrence | None:
    if written is None:
        return None
    recurrent, words = written
    text = None if words is None else public_text(words, [])
    first, last = (None if text is None else period_of(text, published)) or (None, None)
    return Recurrence(recurrent=recurrent, text=None if text is None else text[:CRITERION], first=first, last=last)


def _codes(raws: list[str]) -> list[str]:
    return [raw for raw in raws if len(raw) <= LONGEST_CODE]


def _unusable(raw: RawNotice) -> Aside | Skip | None:
    if raw.nature == BUYER_PROFILE:
        return Skip(BUYER_PROFILE)
    if not raw.number:
        return Aside("field_missing", "le numéro de l'avis est absent")
    if len(raw.number) > LONGEST_CODE:
        return Aside("field_missing", f"le numéro de l'avis est démesuré : {len(raw.number)} caractères")
    if raw.nature not in NOTICE_NATURES:
        return Aside("nature_unknown", f"nature d'avis inconnue : « {raw.nature or ''} »")
    return None


def _titled(part: Part, raw: RawNotice) -> str | None:
    """The title of the lot after that of its notice, unless the title of the lot already contains it."""
    title, whole = part.title or part.description, raw.whole.title
    if part is raw.whole or not raw.lots or title is None or whole is None or whole.casefold() in title.casefold():
        return title or whole
    lot = f"Lot {part.number} : " if part.number is not None and not title.casefold().startswith("lot") else ""
    return f"{whole} — {lot}{title}"


def _criterion(raw: Criterion) -> AwardCriterion:
    weight, _ = read_amount(str(raw.weight).replace("%", "").strip() if raw.weight is not None else None)
    return AwardCriterion(name=(public_text(raw.name, []) or "")[:CRITERION], kind=raw.kind, weight=weight)


def _contact(written: tuple[str | None, str | None, str | None]) -> BuyerContact | None:
    """The contact of the organisation. An address that is no web page, and a mailbox that may be a person's, are left out."""
    site, profile, mailbox = written
    found = BuyerContact(
        website=_page(site),
        profile=_page(profile),
        mailbox=None if mailbox is None else organisation_mailbox(mailbox),
    )
    return None if found == BuyerContact() else found


def _page(address: str | None) -> str | None:
    """A web page, with the scheme that many buyers leave out."""
    return website(f"http://{address}" if address is not None and address.startswith("www.") else address, [])
