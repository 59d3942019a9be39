"""Records → Suppliers: exact identifiers first, then name and place; deterministic, whatever the order of the sources.

Identity (docs/identity.md, « Rules »)
--------------------------------------
1. The same FINESS number is the same supplier. Several FINESS numbers may share one SIRET: they are several suppliers.
2. The same SIRET is the same supplier, whatever the kinds (ACI and EI on one SIRET: one supplier that holds both). A
   record with a SIRET and no FINESS joins the one FINESS site that has it; when several have it, the one its name and
   address point to, else it stays a supplier of its own with the issue ``siret_shared``. An establishment that moves to
   another département has a new SIRET: rows of one SIRET in two départements are as many suppliers, with that issue too.
3. A made-up antenna SIRET (``…999dd``) is not a key: only its SIREN is kept. The same source key is the same supplier.
4. Two SIRETs, two FINESS numbers or two SIRENs are never merged by name. Sites of one SIREN are counted, not merged.
5. Where one side has no SIRET, name and place decide (``indexer.likeness``), by two thresholds: ``ACCEPT`` merges,
   ``DOUBT`` lists the pair for review. A pair with a rival within ``MARGIN`` is listed, not merged, and so are two rows
   of one source, which that source holds to be two.
6. A decisions file has the last word over all of this.

Measured by ``python -m benchmarks identity``; figures, and what falls short, in ``docs/identity.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import combinations, pairwise

from indexer.aside import ODD, Aside, SetAside, aside, without_odd
from indexer.assemble import NO_DAYS, Assembler, DataDays
from indexer.blocking import Blocks, Edges, places_of
from indexer.clusters import NO_KEYS, Clusters, Decisions, groups, keys_of
from indexer.doubts import REASONS, DoubtfulPair, doubtful
from indexer.ids import NEW_LEDGER, Ledger, assign, identity_keys
from indexer.joined import COUNTS, Joined, Merged, Structure, counted, linked
from indexer.likeness import Likeness, Profile, likeness, profile
from indexer.spelling import departement
from indexer.survivorship import NO_ROLES, Roles
from indexer.traits import Records, Traits, traits_of_all
from vivier.errors import InvalidRequest
from vivier.forked import on_every_core, without_gc
from vivier.model import Record, Supplier

ACCEPT = 0.90
DOUBT = 0.75
MARGIN = 0.05
SMALLEST_SHARED = 1_000
"""With fewer undecided structures, one process compares them as quickly as several."""
_SCORED_AT_ONCE = 100

_PLAIN = str.maketrans("ÀÂÄÉÈÊËÎÏÔÖÙÛÜÇ", "AAAEEEEIIOOUUUC", " '’-.,()&/")
"""A cheap folding, enough for a first sieve."""


def merge(
    records: Iterable[Record],
    decisions: Decisions | None = None,
    ledger: Ledger = NEW_LEDGER,
    roles: Roles = NO_ROLES,
    days: DataDays = NO_DAYS,
    left_out: SetAside | None = None,
) -> Merged:
    """Merge records into suppliers, all in memory: :func:`join`, then :func:`assembled` for each structure.

    ``roles`` says what each source may be trusted for, ``days`` the day of its data. ``left_out`` also gets the suppliers that cannot be
    assembled. Raises the errors of :func:`join`.
    """
    assembler, left, waiting = Assembler(roles, days), SetAside() if left_out is None else left_out, list[Record]()
    joined = join(records, waiting, decisions, ledger, left)
    suppliers: list[Supplier] = []
    with without_gc():
        for structure in joined.structures:
            found = assembled(structure, waiting, assembler)
            if isinstance(found, Aside):
                left.add([found], joined.expected)
            else:
                suppliers.append(found)
    sirens = (supplier.siren.value for supplier in suppliers if supplier.siren is not None)
    counts = counted(joined, len(suppliers), linked(Counter(sirens)))
    return Merged(suppliers, counts, joined.doubtful, joined.ledger)


def join(
    records: Iterable[Record],
    keeping: Records,
    decisions: Decisions | None = None,
    ledger: Ledger = NEW_LEDGER,
    left_out: SetAside | None = None,
) -> Joined:
    """Finds which records are one structure. The records are put in ``keeping``; only their traits stay in memory.

    ``decisions`` maps two source keys (``source:key``) to ``True`` (one structure) or ``False`` (two); ``ledger`` are the
    ids given before. ``left_out`` gets the records that cannot be compared with others. Raises ``InvalidRequest`` when decisions
    contradict each other, ``BuildRefused`` when no id is free for a supplier or too much is left out.
    """

    joined, odd = compared(traits_of_all(records, keeping), keeping, decisions, lambda: ledger)
    if left_out is not None:
        left_out.add(odd, joined.expected)
    return joined


def compared(
    traits: Iterable[Traits], keeping: Records, decisions: Decisions | None, ledger: Callable[[], Ledger]
) -> tuple[Joined, list[Aside]]:
    """What :func:`join` gives, for records that were kept, and those that cannot be compared. ``ledger`` is read when it is of use."""

    def work(some: Sequence[Traits]) -> _Merge | InvalidRequest:
        try:
            return _grouped(some, decisions or {})
        except InvalidRequest as refused:  # decisions that contradict each other are the fault of no record
            return refused

    with without_gc():
        done, odd = without_odd(_in_order(list(traits), keeping), work, lambda record: record.keys.source)
        if isinstance(done, InvalidRequest):
            raise done
        return done.result(ledger(), len(odd)), odd


def assembled(structure: Structure, keeping: Records, assembler: Assembler) -> Supplier | Aside:
    """The supplier of a structure; why it is left out when it cannot be assembled."""
    own = [keeping[number] for number in structure.members]
    added = [keeping[number] for number in structure.added]
    keys = [*map(keys_of, own), *(NO_KEYS for _ in added)]
    try:
        return assembler.assemble(structure.id, [*own, *added], keys, structure.issues, structure.former)
    except ODD as error:
        return aside(structure.id, error)


def _grouped(records: Sequence[Traits], decisions: Decisions) -> _Merge:
    """The structures of records in order."""
    work = _Merge([record for record in records if record.enriches is None], decisions)
    work.exact()
    work.by_name_and_place()
    work.successions()
    work.enrich(record for record in records if record.enriches is not None)
    return work


def _in_order(records: list[Traits], keeping: Records) -> list[Traits]:
    """Records by source key. Two records with one key are ordered by their content, so that the order of the sources
    does not show."""
    records.sort(key=lambda record: record.keys.source)
    twice = {left.keys.source for left, right in pairwise(records) if left.keys.source == right.keys.source}
    if not twice:
        return records

    def place(record: Traits) -> tuple[str, str]:
        key = record.keys.source
        return key, keeping[record.number].model_dump_json() if key in twice else ""

    return sorted(records, key=place)


class _Merge:
    """One merge at work: records in order, their structures, and what was counted on the way."""

    def __init__(self, records: list[Traits], decisions: Decisions) -> None:
        self.records = records
        self.keys = [record.keys for record in records]
        self.clusters = Clusters(self.keys, decisions)
        self.counts: Counter[str] = Counter(merged_by_decision=len(records) - len(self.clusters.roots()))
        self.doubtful: list[DoubtfulPair] = []
        self.issues: dict[int, str] = {}
        self.added: dict[int, list[int]] = {}

    def exact(self) -> None:
        """FINESS, then SIRET, then source key."""
        for nodes in groups((n, key.finess) for n, key in enumerate(self.keys)).values():
            self._join_all(nodes, "merged_by_finess")
        for nodes in groups((n, key.siret) for n, key in enumerate(self.keys)).values():
            self._by_siret(nodes)
        for nodes in groups((n, key.source) for n, key in enumerate(self.keys)).values():
            self._join_all(nodes, "merged_by_source_key", weak=True)

    def _join_all(self, nodes: list[int], rule: str, *, weak: bool = False) -> None:
        """Joins each node to the first node before it that it may join. A ``weak`` rule gives way to identifiers."""
        for at, node in enumerate(nodes):
            for other in nodes[:at]:
                if self.clusters.find(other) == self.clusters.find(node):
                    break
                if not (weak and self.clusters.contradict(other, node)) and self.clusters.join(other, node):
                    self.counts[rule] += 1
                    break

    def _by_siret(self, nodes: list[int]) -> None:
        if len(nodes) == 1:
            return
        sites = sorted({self.clusters.find(n) for n in nodes if self.clusters.values(n, "finess")})
        others = [n for n in nodes if not self.clusters.values(n, "finess")]
        if len(sites) > 1:
            others = [node for node in others if not self._join_site(node, sites)]
        if len(sites) > 1:
            self._join_all(others, "merged_by_siret")
            self.issues.update({self.clusters.find(node): "siret_shared" for node in others})
            return
        first, *rest = self._by_departement([*sites, *others])
        for bodies in (first, *rest):
            self._join_all(bodies, "merged_by_siret")
        for bodies in rest:
            self.issues |= dict.fromkeys((first[0], bodies[0]), "siret_shared")
            found = likeness(self._profile(first[0]), self._profile(bodies[0]))
            self._doubt(first[0], bodies[0], found, "siret_shared")

    def _by_departement(self, nodes: list[int]) -> list[list[int]]:
        """Nodes of one SIRET by the département of their commune; those of no known commune go with the first."""
        found: dict[str, list[int]] = {}
        unplaced: list[int] = []
        for node in nodes:
            communes = sorted(record.commune for record in self._members(node) if record.commune)
            (found.setdefault(departement(communes[0]), []) if communes else unplaced).append(node)
        first, *rest = found.values() or [[]]
        return [[*first, *unplaced], *rest]

    def _join_site(self, node: int, sites: list[int]) -> bool:
        """Join the one of several FINESS sites of a SIRET that name and address clearly point to."""
        mine = self._profile(node)
        scored = sorted(
            ((likeness(mine, self._profile(site)), site) for site in sites), key=lambda s: (-s[0].score, s[1])
        )
        best, rival = scored[0], scored[1]
        if best[0].score >= ACCEPT and best[0].score - rival[0].score >= MARGIN:
            joined = self.clusters.join(best[1], node)
            self.counts["merged_by_siret"] += joined
            return joined
        self._doubt(node, best[1], best[0], "siret_shared")
        return False

    def _profile(self, node: int) -> Profile:
        return profile(self._members(node), self.clusters.values(node, "siren"))

    def _members(self, node: int) -> list[Traits]:
        return [self.records[member] for member in self.clusters.members(node)]

    def _doubt(self, left: int, right: int, found: Likeness, reason: str) -> None:
        self.doubtful.append(doubtful((self.records[left], self.records[right]), found, reason))

    def by_name_and_place(self) -> None:
        """Join structures one of which has no SIRET, best pairs first; list what stays doubtful."""
        edges = Edges(self._scored())
        for left, right, found in edges.best_first():
            reason = self._obstacle(left, right, found, edges)
            if reason is None:
                self.counts["merged_by_name_place"] += self.clusters.join(left, right)
            elif reason in REASONS:
                self._doubt(left, right, found, reason)

    def _obstacle(self, left: int, right: int, found: Likeness, edges: Edges) -> str | None:
        """Why a pair is not merged: a reason to review it, or ``settled`` when there is nothing to review."""
        if self.clusters.find(left) == self.clusters.find(right) or self.clusters.kept_apart(left, right):
            return "settled"
        if self.clusters.contradict(left, right):
            return "settled"
        if found.score < ACCEPT:
            return "same_door" if found.by_door else "similar"
        if self._share_source(left, right):
            return "same_source"
        return "ambiguous" if self._has_rival(left, right, found, edges) else None

    def _share_source(self, left: int, right: int) -> bool:
        sources = [{record.source for record in self._members(node)} for node in (left, right)]
        return bool(sources[0] & sources[1])

    def _has_rival(self, left: int, right: int, found: Likeness, edges: Edges) -> bool:
        """Whether a structure of another source, which cannot be the other side, suits either side almost as well."""
        return any(
            self._incompatible(other, rival) and not self._share_source(node, rival)
            for node, other in ((left, right), (right, left))
            for rival, score in edges.of(node)
            if rival != other and score > found.score - MARGIN
        )

    def _incompatible(self, left: int, right: int) -> bool:
        if self.clusters.find(left) == self.clusters.find(right):
            return False
        if self.clusters.contradict(left, right) or self.clusters.kept_apart(left, right):
            return True
        return self._share_source(left, right)

    def _scored(self) -> dict[tuple[int, int], Likeness]:
        """The pairs worth a look. Profiles are heavy and most structures are like no other: each is made again for its pairs."""
        roots = self.clusters.roots()
        undecided = {root for root in roots if not self.clusters.values(root, "siret")}
        places = places_of(roots, self._members, undecided)
        blocks = Blocks(((node, self._profile(node)) for node in places if node in undecided), places)
        for node in places:
            if node not in undecided:
                blocks.add(node, self._profile(node))
        profiled = lru_cache(maxsize=1 << 12)(self._profile)

        def work(nodes: Sequence[int]) -> dict[tuple[int, int], Likeness]:
            pairs = (pair for node in nodes for pair in blocks.pairs(node))
            scored = ((pair, likeness(*map(profiled, pair))) for pair in pairs)
            return {pair: found for pair, found in scored if found.score >= DOUBT}

        nodes, likely = blocks.undecided(), dict[tuple[int, int], Likeness]()
        some = (nodes[start : start + _SCORED_AT_ONCE] for start in range(0, len(nodes), _SCORED_AT_ONCE))
        for found in on_every_core(work, some, worth=len(nodes) >= SMALLEST_SHARED):
            likely |= found
        return likely

    def successions(self) -> None:
        """List structures of two SIRENs with the same name at the same address; nothing is merged."""
        first: dict[tuple[str, str], int] = {}
        namesakes: dict[tuple[str, str], set[int]] = {}
        for node, record in enumerate(self.records):
            if record.commune and record.line:
                sign, root = (record.commune, record.name.upper().translate(_PLAIN)), self.clusters.find(node)
                if first.setdefault(sign, root) != root:
                    namesakes.setdefault(sign, {first[sign]}).add(root)
        for nodes in namesakes.values():
            for left, right in combinations(sorted(nodes), 2):
                self._succession(left, right)

    def _succession(self, left: int, right: int) -> None:
        sirens = [self.clusters.values(node, "siren") for node in (left, right)]
        if not all(sirens) or sirens[0] & sirens[1] or self.clusters.kept_apart(left, right):
            return
        found = likeness(self._profile(left), self._profile(right))
        if found.identical:
            self._doubt(left, right, found, "probable_succession")

    def enrich(self, records: Iterable[Traits]) -> None:
        """Attach records that add facts to the structures of the records they name; the others are counted and left out."""
        adding = list(records)
        nodes = {key.source: node for node, key in reversed(list(enumerate(self.keys)))} if adding else {}
        for record in adding:
            node = nodes.get(record.enriches or "")
            self.counts["enriching" if node is not None else "enriching_alone"] += 1
            if node is not None:
                self.added.setdefault(self.clusters.find(node), []).append(record.number)

    def result(self, ledger: Ledger, odd: int) -> Joined:
        """Structures, counts and doubtful pairs as they are now."""
        roots = self.clusters.roots()
        keys = (identity_keys([self.keys[m] for m in self.clusters.members(root)]) for root in roots)
        assigned = assign(list(keys), ledger)
        issues = {self.clusters.find(node): (issue,) for node, issue in self.issues.items()}
        structures = [
            Structure(
                id_,
                tuple([record.number for record in self._members(root)]),
                tuple(self.added.get(root, ())),
                issues.get(root, ()),
                assigned.former.get(id_, ()),
            )
            for root, id_ in zip(roots, assigned.ids, strict=True)
        ]
        structures.sort(key=lambda structure: structure.id)
        pairs = sorted(self.doubtful, key=lambda pair: (-pair.score, pair.left, pair.right, pair.reason))
        counts = dict.fromkeys(COUNTS, 0) | dict(self.counts)
        counts |= {"records": len(self.records), "suppliers": len(structures), "linked_same_siren": 0}
        counts |= {"doubtful": len(pairs), "decisions_unknown": self.clusters.unknown_decisions}
        sirets = {key.siret for key in self.keys if key.siret is not None}
        return Joined(structures, counts, pairs, assigned.ledger, sirets, odd)
