"""Who can help in a territory: facilitators and networks of the catalogue, by département, with the gaps said as such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vivier.lexicon import Lexicon
from vivier.resources import Resource, load_resources
from vivier.territory import Territory

NETWORKS: Final = ("buyers", "federation")


@dataclass(frozen=True)
class Support:
    """The entries that name a territory or a part of it (``facilitators``, ``networks``), and those for the whole country. ``gaps``: French sentences on
    what the catalogue lacks there, which is not « there is none »."""

    territory: Territory
    facilitators: tuple[Resource, ...]
    networks: tuple[Resource, ...]
    national_facilitators: tuple[Resource, ...]
    national_networks: tuple[Resource, ...]

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the catalogue lacks in the territory."""
        return tuple(
            f"Aucun {what} recensé pour ce territoire ({self.territory.name}) dans notre catalogue, qui est partiel. À qui demander : "
            f"{', '.join(entry.title for entry in national) or 'la préfecture, le conseil départemental'}."
            for what, found, national in (
                ("facilitateur", self.facilitators, self.national_facilitators),
                ("réseau local d'acheteurs ou de structures", self.networks, self.national_networks[:1]),
            )
            if not found
        )


def support(territory: Territory, lexicon: Lexicon) -> Support:
    """Who can help in a territory."""

    def local(kinds: tuple[str, ...]) -> tuple[Resource, ...]:
        return tuple(
            entry for entry in _of(kinds) if entry.territories and entry.serves(territory.id, lexicon.gazetteer)
        )

    def national(kinds: tuple[str, ...]) -> tuple[Resource, ...]:
        return tuple(entry for entry in _of(kinds) if not entry.territories)

    facilitators = ("facilitators",)
    return Support(territory, local(facilitators), local(NETWORKS), national(facilitators), national(NETWORKS))


def by_departement(lexicon: Lexicon) -> tuple[Support, ...]:
    """Who can help in each département, in the order of their codes."""
    gazetteer = lexicon.gazetteer
    codes = sorted(gazetteer.names["departement"])
    return tuple(support(gazetteer.get(f"departement:{code}"), lexicon) for code in codes)


def _of(kinds: tuple[str, ...]) -> tuple[Resource, ...]:
    return tuple(entry for entry in load_resources() if not set(kinds).isdisjoint(entry.kinds))
