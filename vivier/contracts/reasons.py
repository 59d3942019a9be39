"""Reasons in French why a contract or a notice interests an inclusive structure, each with its proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from vivier.contracts.renewal import RenewalBody, call_text, following_of
from vivier.contracts.status import day_of, status_on
from vivier.french import and_others, euros_ht, kilometres, long_day, plural
from vivier.lexicon import Lexicon
from vivier.model.views import ContractView, InclusiveHolderView, NoticeView, OrganisationView, ProvisionEvidenceView
from vivier.names import readable_name
from vivier.procurement import PROVISIONS, RESERVED_FOR, SIGNALS, before
from vivier.runs.issues import doubt_text
from vivier.search.find import Reason

MOST_PLACES: Final = 3
"""Territories named in a reason."""
MAY_NEED: Final = (
    "le titulaire peut avoir besoin d'heures d'insertion ou de sous-traitance : la clause ne dit pas de quoi"
)
"""A social clause may require anything, not only hours of insertion (docs/contracts.md, « Leads »)."""
_READ_IN_TITLE: Final = " (lu dans l'intitulé)"
_STATUS_WORDS: Final = {
    "closed": "date limite de réponse passée",
    "awarded": "attribué",
    "cancelled": "annulé",
    "corrected": "remplacé par un rectificatif",
}


def contract_reasons(
    record: ContractView, distance_km: float | None, as_of: date, lexicon: Lexicon
) -> tuple[Reason, ...]:
    """Provisions, families it is reserved for, known inclusive holders, why no amount is shown, end, renewal, distance."""
    return _facts(
        *_provisions(record),
        *_trial(record),
        *_own_holder(record),
        *_withheld(record),
        *dict.fromkeys(_holders(record)),  # several sites of a register may share one SIRET and one name
        *_amended(record, as_of),
        *_end(record, as_of),
        *_distance(distance_km, "lieu d'exécution ou acheteur"),
    )


def notice_reasons(record: NoticeView, distance_km: float | None, as_of: date, lexicon: Lexicon) -> tuple[Reason, ...]:
    """Provisions, families it is reserved for, deadline or planned publication, distance."""
    return _facts(
        *_provisions(record),
        *_deadline(record, as_of),
        *_where(record, lexicon),
        *_estimate(record),
        *_distance(distance_km, "lieu d'exécution" if _is_precise(record) else "siège de l'acheteur"),
    )


def _facts(*reasons: Reason) -> tuple[Reason, ...]:
    """What a record says, as facts: « date limite passée » matches nobody. A lead says which of them fit its profile."""
    return tuple(reason._replace(fits=False) for reason in reasons)


def last_time(record: ContractView, *, ending: bool) -> Iterator[Reason]:
    """Holder and offers of a contract: in the past tense when it is about to end, in the present when it runs."""
    amount, months, offers = record.get("amount"), record.get("months"), record.get("offers")
    if amount is not None:
        lasting = f"sur {months} mois" if months else "; durée inconnue"
        yield Reason("amount", f"montant {'précédent' if ending else 'du marché'} : {euros_ht(amount)} {lasting}")
    if offers is not None:
        yield Reason(
            "offers",
            f"{plural(offers, 'offre')} la dernière fois" if ending else plural(offers, "offre reçue", "offres reçues"),
        )
    names = [holder_name(holder) for holder in record.get("holders", ())]
    several = "titulaires actuels" if len(names) > 1 else "titulaire actuel"
    yield Reason("incumbent", f"{several} : {' ; '.join(names)}" if names else "titulaire inconnu")


def published_names(record: ContractView) -> dict[str, str]:
    """The names of the holders as the contract publishes them, by SIREN."""
    return {each["siren"]: each["name"] for each in record.get("holders", ()) if "siren" in each and "name" in each}


def holder_name(holder: OrganisationView) -> str:
    """The name of a holder, else its number."""
    siret, siren = holder.get("siret"), holder.get("siren")
    number = f"SIRET {siret}" if siret else f"SIREN {siren}" if siren else "sans identifiant"
    return readable_name(holder.get("name", "")) or number


def provision_text(evidence: ProvisionEvidenceView) -> str:
    """« clause sociale : selon les données essentielles », with the article or words that prove it."""
    words = f"{PROVISIONS[evidence['provision']]} : {SIGNALS[evidence['signal']]}"
    value = evidence.get("value")
    return f"{words} ({value})" if value and evidence["signal"] in ("article", "other_code", "words") else words


def reserved_text(families: Iterable[str]) -> str:
    """« réservé aux entreprises adaptées et ESAT », « réservé — type non précisé »."""
    named = [RESERVED_FOR[family] for family in families]
    return f"réservé : {', '.join(named)}" if named else "réservé — type non précisé"


def _provisions(record: ContractView | NoticeView) -> Iterator[Reason]:
    evidence = record.get("evidence", ())
    if any(piece["provision"] == "reserved" for piece in evidence):
        families = record.get("reserved_for", ())
        best = max(
            (piece for piece in evidence if piece["provision"] == "reserved"), key=lambda piece: piece["confidence"]
        )
        inferred = best["signal"] not in ("declared", "notice_code")
        yield Reason("reserved", f"{reserved_text(families)} ({SIGNALS[best['signal']]})", inferred)
    seen: set[tuple[str, str]] = set()
    for piece in evidence:
        if piece["provision"] != "reserved" and (piece["provision"], piece["signal"]) not in seen:
            seen.add((piece["provision"], piece["signal"]))
            yield Reason(piece["provision"], provision_text(piece), piece["signal"] == "words")


def _holders(record: ContractView) -> Iterator[Reason]:
    published = published_names(record)
    sites: dict[tuple[str, str], list[InclusiveHolderView]] = {}
    for holder in record.get("inclusive", ()):
        role = "sous-traitant" if holder.get("subcontractor") else "titulaire"
        if holder["match"] == "siret":
            name = readable_name(published.get(holder["siren"], holder["name"]))
            yield Reason("inclusive_siret", f"{role} : {name} ({', '.join(holder['kinds'])})")
        else:
            sites.setdefault((role, holder["siren"]), []).append(holder)
    for (role, _), known in sites.items():
        kinds = ", ".join(dict.fromkeys(kind for holder in known for kind in holder["kinds"]))
        named = f"{readable_name(known[0]['name'])} ({kinds}){and_others(len(known), 1)}"
        yield Reason("inclusive_siren", f"{role} : un autre site que {named}, même SIREN", True)


def _trial(record: ContractView) -> Iterator[Reason]:
    if "object_trial" in record.get("quality", ()):
        yield Reason("trial", "son objet est celui d'un essai ou d'un exemple : sans doute pas un achat", True)


def _own_holder(record: ContractView) -> Iterator[Reason]:
    if "buyer_is_holder" in record.get("quality", ()):
        yield Reason(
            "own_holder", "l'acheteur figure aussi parmi les titulaires déclarés : régie, ou erreur de la source", True
        )


def _withheld(record: ContractView) -> Iterator[Reason]:
    if "amount_withheld" in record.get("quality", ()):
        yield Reason("amount_withheld", doubt_text("amount_withheld"), True)


def _amended(record: ContractView, as_of: date) -> Iterator[Reason]:
    """The values that an amendment gave, with its day and the first values; an amendment of after ``as_of`` says so."""
    amount, initial = record.get("amount"), record.get("initial_amount")
    since = record.get("amount_since")
    if since is not None and amount is not None and initial is not None:
        text = f"montant porté de {euros_ht(initial)} à {euros_ht(amount)} par l'avenant du {long_day(since)}"
        yield Reason("amount_amended", text + _later(since, as_of))
    since, months = record.get("months_since"), record.get("initial_months")
    if since is not None and months is not None:
        text = f"durée portée de {months} à {record.get('months')} mois par l'avenant du {long_day(since)}"
        yield Reason("months_amended", text + _later(since, as_of))


def _later(since: str, as_of: date) -> str:
    return ", postérieur à la date demandée" if date.fromisoformat(since) > as_of else ""


def place_of(record: ContractView, lexicon: Lexicon) -> Iterator[Reason]:
    """The département of a contract, the territory where it spans several; that of the buyer's seat when the contract gives no place."""
    place = record.get("place") or record.get("buyer_seat")
    if place is None:
        return
    codes = lexicon.gazetteer.departements(place)
    name = lexicon.gazetteer.get(f"departement:{codes[0]}" if len(codes) == 1 else place).name
    known = "place" in record
    yield Reason("place", f"lieu d'exécution : {name}" if known else f"lieu non précisé ; acheteur : {name}", not known)


def _end(record: ContractView, as_of: date) -> Iterator[Reason]:
    end = record.get("ends")
    if end is None:
        yield Reason("end_unknown", "date de fin inconnue", True)
        return
    last_day = date.fromisoformat(end)
    renewed = "renewed_on" in record and date.fromisoformat(record["renewed_on"]) <= as_of
    amended = record.get("amended")
    if amended is not None and last_day < date.fromisoformat(amended) <= as_of:
        text = f"fin inconnue : la durée déclarée mène au {long_day(end)}, mais un avenant du {long_day(amended)} est plus tardif"
        yield Reason("end_contradicted", text, True)
    elif last_day < as_of:
        yield Reason("ended", f"fini au plus tard le {long_day(end)}")
    else:
        yield end_reason(last_day, as_of, following_of(record, as_of))
    if renewed:
        yield Reason("renewed", "déjà suivi d'un marché semblable du même acheteur", True)


def end_reason(end: date, as_of: date, following: RenewalBody | None) -> Reason:
    """When to call the buyer of a running contract, and its end; the end alone when nothing follows (works done once), or something did."""
    call = "" if following is None else f"{call_text(end, as_of)} ; "
    return Reason("ends", f"{call}finit au plus tard le {long_day(end)}")


def _deadline(record: NoticeView, as_of: date) -> Iterator[Reason]:
    planned, deadline = record.get("planned"), record.get("deadline")
    if record["nature"] == "project":
        when = f"publication prévue le {long_day(planned)}" if planned else "date de publication non précisée"
        yield Reason("planned", when)
        if record.get("wanted_inclusive"):
            yield Reason("wanted_inclusive", "l'acheteur veut le montrer sur le Marché de l'inclusion")
        return
    until, settled = day_of(deadline), day_of(record.get("settled"))
    status = status_on(record["nature"], record.get("status"), until, as_of, settled, day_of(record.get("published")))
    if status == "open":
        when = before(record)
        text = f"réponse attendue {when} le {long_day(until)}" if until else "date limite inconnue"
        yield Reason("open", text, when != "avant")
    elif status in _STATUS_WORDS:
        yield Reason(status, _STATUS_WORDS[status])


def _where(record: NoticeView, lexicon: Lexicon) -> Iterator[Reason]:
    """The place of performance of a notice; the seat of the buyer when the notice gives none."""
    places = record.get("places", ())
    if record.get("national") or "FR" in places:
        yield Reason("place", "lieu d'exécution : toute la France")
    elif places:
        names = [lexicon.gazetteer.get(id_).name for id_ in places[:MOST_PLACES]]
        others = and_others(len(places), MOST_PLACES)
        read = "place_from_title" in record.get("issues", ())
        what = "lieu d'exécution" if len(places) == 1 else "lieux annoncés"
        yield Reason("place", f"{what} : {', '.join(names)}{others}{_READ_IN_TITLE if read else ''}", read)
    elif record.get("buyer_seat"):
        name = lexicon.gazetteer.get(record["buyer_seat"]).name
        yield Reason("place", f"lieu d'exécution non précisé ; acheteur : {name}", True)


def _is_precise(record: NoticeView) -> bool:
    """Whether a notice is at the point of its place: that of one commune; it is else at the seat of its buyer."""
    places = record.get("places", ())
    return len(places) == 1 and places[0].startswith(("commune:", "arrondissement:"))


def _estimate(record: NoticeView) -> Iterator[Reason]:
    """The amount that a notice announces, or its bounds."""
    least, most = record.get("amount_min"), record.get("amount_max")
    if {"amount_suspect", "amount_symbolic"} & set(record.get("issues", ())):
        return
    if least is not None and most is not None and least != most:
        yield Reason("amount", f"montant estimé : entre {euros_ht(least)} et {euros_ht(most)}")
    elif most is not None:
        yield Reason("amount", f"montant estimé : {euros_ht(most)}")
    elif least is not None:
        yield Reason("amount", f"montant estimé : plus de {euros_ht(least)}")


def _distance(distance_km: float | None, of: str) -> Iterator[Reason]:
    if distance_km is not None:
        yield Reason("distance", f"{of} à {kilometres(distance_km)}")
