"""Assembles the fictitious suppliers: one Record after the other, the same for the same seed and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from indexer.demo import identifiers, texts
from indexer.demo.dice import Dice
from indexer.demo.kinds import Kinds
from indexer.demo.labels import Labels
from indexer.demo.names import Names
from indexer.demo.places import Places, Seat
from indexer.demo.trades import Catalogue, lowered
from indexer.demo.zones import Zones
from vivier.law.kinds import KINDS
from vivier.model import Capacity, Label, NotOffered, Offer, Provenance, Record, Reference
from vivier.territory import load_gazetteer
from vivier.trades.table import Trade, load_trades
from vivier.validity import periods

SEED = 2026
TODAY = date(2026, 11, 24)

SOURCE_ID = "demo"
TITLE = "Données fictives de démonstration"
PRODUCER = "Vivier (fictif)"
LICENCE = "fictif"

NO_NUMBER_SHARE = 0.05
"""Share of suppliers without any identifier; half as many again have a SIREN only."""
SIREN_ONLY_SHARE = 0.025
SAME_UNIT_SHARE = 0.05
"""Share of suppliers that are another site of the legal unit drawn before (two SIRETs, one SIREN, one name)."""
SHARED_SIRET_SHARE = 0.08
"""Share of ESATs that are another FINESS site on the SIRET of the ESAT drawn before, as the official list has them."""


def demo_records(count: int, seed: int = SEED, today: date = TODAY) -> Iterator[Record]:
    """``count`` fictitious suppliers, the same for the same ``seed`` and ``today`` (the day that dates turn around).

    A shorter run is the beginning of a longer one. Raises ``ValueError`` when ``count`` is negative.
    """
    if count < 0:
        raise ValueError(f"count must be 0 or more, not {count}")
    return _Maker(seed, today).records(count)


class _Unit:
    """The legal unit drawn last: number, sites so far, its name and where it is."""

    def __init__(self, number: int, word: str, name: str, kind: str, departement: str) -> None:
        self.number, self.word, self.name, self.kind, self.departement = number, word, name, kind, departement
        self.sites = 1


class _Maker:
    def __init__(self, seed: int, today: date) -> None:
        dice, gazetteer = Dice(seed), load_gazetteer()
        self._dice = dice
        self._today = today
        self._places = Places(gazetteer, dice)
        self._kinds = Kinds(dice, today)
        self._labels = Labels(dice, today)
        self._names = Names(dice, gazetteer.names["commune"].values())
        self._catalogue = Catalogue(load_trades(), Zones(gazetteer, dice), dice)
        self._units: dict[str, _Unit] = {}
        self._provenances = [self._provenance(days) for days in range(720)]

    def records(self, count: int) -> Iterator[Record]:
        for number in range(count):
            yield self._record(number)

    def _record(self, number: int) -> Record:
        kinds = self._kinds.draw()
        trades = self._catalogue.draw(kinds[0])
        group = trades[0].group if trades else None
        former = self._units.get(kinds[0])
        shared = former is not None and kinds[0] == "ESAT" and self._dice.chance(SHARED_SIRET_SHARE)
        if former is not None and (shared or self._dice.chance(SAME_UNIT_SHARE)):
            return self._site(number, former, kinds, trades, shared)
        seat = self._places.draw(number)
        word = self._names.word(number)
        unit = _Unit(number, word, self._names.legal(word, kinds[0], group), kinds[0], seat.departement)
        numbers = self._numbers(unit, kinds[0])
        if "siret" in numbers:
            self._units[kinds[0]] = unit
        return self._assemble(number, unit, seat, kinds, trades, numbers)

    def _site(self, number: int, unit: _Unit, kinds: tuple[str, ...], trades: Sequence[Trade], shared: bool) -> Record:
        """Another site of ``unit``, in its département."""
        seat = self._places.draw_in(unit.departement)
        if not shared:
            unit.sites += 1
        numbers = self._site_numbers(unit, kinds[0], number)
        return self._assemble(number, unit, seat, kinds, trades, numbers)

    def _numbers(self, unit: _Unit, kind: str) -> dict[str, str]:
        draw = self._dice.between(0, 999) / 1000
        if draw < NO_NUMBER_SHARE:
            return {}
        if draw < NO_NUMBER_SHARE + SIREN_ONLY_SHARE:
            return {"siren": identifiers.siren(unit.number)}
        return self._site_numbers(unit, kind, unit.number)

    def _site_numbers(self, unit: _Unit, kind: str, number: int) -> dict[str, str]:
        found = {"siren": identifiers.siren(unit.number), "siret": identifiers.siret(unit.number, unit.sites)}
        if kind == "ESAT" or (kind == "EA" and self._dice.chance(0.3)):
            found["finess"] = identifiers.finess(unit.departement, number)
        return found

    def _assemble(
        self,
        number: int,
        unit: _Unit,
        seat: Seat,
        kinds: tuple[str, ...],
        trades: Sequence[Trade],
        numbers: dict[str, Any],
    ) -> Record:
        dice = self._dice
        labels, certified = self._labels.draw(trades, kinds, number)
        return Record(
            source_id=f"fictif-{number:06d}",
            provenance=dice.pick(self._provenances),
            name=unit.name,
            brand=self._names.brand(unit.word, trades[0].group if trades else None),
            acronym=self._names.acronym(unit.name),
            **numbers,
            agreements=self._kinds.agreements(kinds, seat.departement, number),
            labels=tuple(labels),
            address=seat.address,
            offers=tuple(
                self._during(offer, certified) for offer in self._catalogue.offers(trades, kinds, seat, set(certified))
            ),
            capacities=(*self._kinds.capacities(kinds), *_volume(number)),
            not_offered=_not_offered(number, trades),
            networks=self._networks(kinds[0]),
            zones=_zones(number),
            references=self._references(trades),
            website=f"https://{unit.word.lower().replace(' ', '-')}.example" if dice.chance(0.4) else None,
            mailbox=f"contact@{unit.word.lower().replace(' ', '-')}.example" if number % 3 == 0 else None,
            phone=f"019900{number % 10_000:04d}" if number % 4 == 0 else None,
            description=self._description(seat, kinds, trades),
            naf=self._kinds.naf(kinds[0]),
            closed=self._closed(),
            issues=() if "siret" in numbers else ("siret_absent",),
        )

    def _during(self, offer: Offer, certified: Mapping[str, Sequence[Label]]) -> Offer:
        """A certified offer with the dates of the labels that prove it, when they are valid on the day of the demonstration."""
        proof = certified.get(offer.trade or "", ()) if offer.evidence == "certified" else ()
        current = next((period for period in periods(proof) if period.holds_on(self._today)), None)
        dates = {} if current is None else {"valid_from": current.start, "valid_until": current.end}
        return offer.model_copy(update=dates)

    def _closed(self) -> bool | None:
        draw = self._dice.between(1, 100)
        return True if draw <= 3 else False if draw <= 30 else None

    def _networks(self, kind: str) -> tuple[str, ...]:
        if not self._dice.chance(0.3):
            return ()
        return tuple(self._dice.some(texts.NETWORKS[KINDS[kind].family], self._dice.between(1, 2)))

    def _references(self, trades: Sequence[Trade]) -> tuple[Reference, ...]:
        dice = self._dice
        if not dice.chance(0.2):
            return ()
        return tuple(
            Reference(
                client=dice.pick(texts.CLIENTS).format(word=self._names.word(dice.between(0, 9999))),
                title=dice.pick(trades).name if trades and dice.chance(0.7) else None,
                year=self._today.year - dice.between(0, 5) if dice.chance(0.6) else None,
            )
            for _ in range(dice.between(1, 3))
        )

    def _description(self, seat: Seat, kinds: tuple[str, ...], trades: Sequence[Trade]) -> str | None:
        """A description: opening, activity and its words, workers, manner. One supplier in five has none."""
        dice = self._dice
        if dice.chance(0.2):
            return None
        sentences = [texts.OPENING, *self._on_trades(trades), dice.pick(texts.KIND_SENTENCES[kinds[0]])]
        if dice.chance(0.4):
            sentences.append(dice.pick(texts.PLACE_SENTENCES).format(town=texts.at_town(seat.town)))
        sentences += dice.some(texts.COMMITMENT_SENTENCES, dice.between(0, 2))
        return " ".join(sentences)

    def _on_trades(self, trades: Sequence[Trade]) -> Iterator[str]:
        dice = self._dice
        for place, trade in enumerate(trades):
            forms = texts.TRADE_SENTENCES if place == 0 else texts.OTHER_TRADE_SENTENCES
            yield dice.pick(forms).format(trade=lowered(trade.name))
            if place == 0 or dice.chance(0.4):
                yield self._catalogue.sentence(trade)
            if dice.chance(0.6):
                yield dice.pick(texts.WORD_SENTENCES).format(words=", ".join(self._catalogue.words(trade, 3)))

    def _provenance(self, days: int) -> Provenance:
        """The row's own date is up to two years old; one row in twelve has none."""
        return Provenance(
            source_id=SOURCE_ID,
            producer=PRODUCER,
            dataset=TITLE,
            licence=LICENCE,
            updated_at=date.fromordinal(self._today.toordinal() - days) if days % 12 else None,
            fetched_at=datetime.combine(self._today, time(12), UTC),
            basis="declared",
        )


def _zones(number: int) -> tuple[str, ...]:
    """Priority areas, drawn from the number alone so that nothing else in the corpus depends on them."""
    draw = number * 7919 % 100
    return ("qpv",) if draw < 8 else ("frr", "zrr") if draw < 20 else ("zrr",) if draw < 24 else ()


def _volume(number: int) -> tuple[Capacity, ...]:
    """The volume that one in nine says it can take, in euros a year."""
    return (Capacity(value=20_000.0 + number % 40 * 5_000, unit="volume_eur_year"),) if number % 9 == 0 else ()


def _not_offered(number: int, trades: Sequence[Trade]) -> tuple[NotOffered, ...]:
    """A trade that one in fifty says it does not do, of a family where it does nothing."""
    refused = "traiteur" if all(trade.group != "restauration" for trade in trades) else "blanchisserie"
    return (NotOffered(trade=refused),) if trades and number % 50 == 7 else ()
