"""News leave once, nothing leaves when nothing is new, a mailbox that refuses is written to no more, a year ends by a question."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.given.conftest import postgresql as postgresql
from tests.mail.conftest import READER, House, made_house, settings_for
from tests.mail.mailbox import Mailbox, html_of, link_in, text_of
from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import TODAY, contract_of, contracts
from tests.search_api.corpus import suppliers
from tests.search_api.pages.corpus import pages_suppliers
from tests.search_api.pages.html import plain
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.mail.notify import notify
from vivier.mail.office import missing_settings, office_of
from vivier.mail.outbox import MOST_TRIES
from vivier.mail.sealing import Unsealable, new_key
from vivier.model import Contract
from vivier.search.snapshot import Snapshot

TOMORROW = TODAY + timedelta(days=1)


@pytest.mark.slow
def test_what_is_new_leaves_once_with_its_reason_its_date_and_its_source(house: House) -> None:
    house.follow("/courriel/contracts?q=tonte")
    _index(house, contract_of("cneuf", "Tonte des stades", notified=TODAY - timedelta(days=9), published=TOMORROW))
    assert house.notify().letters["news"] == 0
    house.clock.later(1)
    assert house.notify().delivered == {"sent": 1}
    (message,) = house.box.to(READER)
    text, html = text_of(message), html_of(message)
    assert plain(message["Subject"]) == "1 nouveauté : tonte"
    assert "Tonte des stades" in text and "25 novembre 2026" in text.replace("\xa0", " ")
    assert "https://vivier.example/marches/cneuf" in text and 'href="https://vivier.example/marches/cneuf"' in html
    assert "Source : Marchés d'essai" in text
    assert "- acheteur à appeler en février 2028 ; finit au plus tard le" in plain(text)
    assert message["List-Unsubscribe"] == f"<https://vivier.example{link_in(message, '/courriel/arreter')}>"
    house.clock.later(1)
    assert house.notify().quiet == 1
    assert house.notify().turns == 0, "a second run of a day has nothing to do"
    assert len(house.box.messages) == 1


@pytest.mark.slow
def test_what_is_read_late_leaves_all_the_same(house: House) -> None:
    """Published the day after the subscription, and read three weeks later only."""
    house.follow("/courriel/contracts?q=tonte")
    for _ in range(21):
        house.clock.later(1)
        house.notify()
    assert house.box.messages == []
    _index(house, contract_of("ctardif", "Tonte tardive", notified=TODAY - timedelta(days=9), published=TOMORROW))
    house.clock.later(1)
    house.notify()
    house.clock.later(1)
    house.notify()
    assert len(house.box.messages) == 1


@pytest.mark.slow
def test_a_weekly_letter_leaves_weekly(house: House) -> None:
    house.follow("/courriel/contracts?q=tonte", every="weekly")
    house.notify()
    days = [TODAY + timedelta(days=number) for number in (1, 2, 9)]
    _index(
        house,
        *(contract_of(f"c{day}", f"Tonte {day}", notified=TODAY - timedelta(days=9), published=day) for day in days),
    )
    sent = []
    for day in range(1, 16):
        house.clock.later(1)
        if house.notify().delivered:
            sent.append(day)
    assert sent == [7, 14]
    assert [text_of(message).count("\n* ") for message in house.box.messages] == [2, 1]


def test_new_suppliers_are_those_that_were_not_there(house: House, tmp_path: Path) -> None:
    house.follow("/courriel/suppliers?q=jardins")
    assert house.notify().quiet == 1, "those of the first day are known to whoever follows the list"
    house.clock.later(1)
    assert house.notify().quiet == 1
    assert house.box.messages == []


@pytest.mark.slow
def test_a_mailbox_that_refuses_is_written_to_no_more(house: House) -> None:
    house.follow("/courriel/contracts?q=tonte")
    _index(house, contract_of("cneuf", "Tonte des stades", notified=TODAY - timedelta(days=9), published=TOMORROW))
    house.clock.later(1)
    house.box.refusing = {READER}
    run = house.notify()
    assert (run.delivered, run.stopped) == ({"refused": 1}, 1)
    assert house.office.subscriptions.counts() == (0, 0)
    assert house.office.post.outbox.counts() == {"sent": 1, "refused": 1}


@pytest.mark.slow
def test_a_relay_that_does_not_answer_is_offered_the_letter_again(house: House) -> None:
    house.follow("/courriel/contracts?q=tonte")
    _index(house, contract_of("cneuf", "Tonte des stades", notified=TODAY - timedelta(days=9), published=TOMORROW))
    house.clock.later(1)
    house.box.busy = {READER}
    assert house.notify().delivered == {"later": 1}
    assert house.notify().delivered == {}, "not before its wait is over"
    house.clock.second += 601
    house.box.busy = set()
    assert house.notify().delivered == {"sent": 1}
    assert len(house.box.messages) == 1


@pytest.mark.slow
def test_a_letter_is_given_up_after_its_last_try(house: House) -> None:
    house.follow("/courriel/contracts?q=tonte")
    _index(house, contract_of("cneuf", "Tonte des stades", notified=TODAY - timedelta(days=9), published=TOMORROW))
    house.clock.later(1)
    house.box.busy = {READER}
    for _ in range(MOST_TRIES + 3):
        house.notify()
        house.clock.second += 86_400
    assert house.office.post.outbox.counts() == {"sent": 1, "failed": 1}


@pytest.mark.slow
def test_two_processes_do_not_write_the_same_news(house: House) -> None:
    """The second took the same turn before the first wrote it down."""
    house.follow("/courriel/contracts?q=tonte")
    subscriptions = house.office.subscriptions
    (followed,) = subscriptions.due(TODAY)
    assert subscriptions.turn(followed, {"contracts/a"}, None, TODAY)
    assert not subscriptions.turn(followed, {"contracts/a"}, None, TODAY)


@pytest.mark.slow
def test_a_subscription_that_nobody_confirms_goes_after_three_days(house: House) -> None:
    house.ask()
    house.clock.later(3)
    house.notify()
    assert house.office.subscriptions.counts() == (0, 1)
    house.clock.later(1)
    assert house.notify().deleted == 1
    assert house.office.subscriptions.counts() == (0, 0)


@pytest.mark.slow
def test_after_a_year_it_goes_unless_it_is_still_useful(house: House) -> None:
    house.follow("/courriel/contracts?q=zzyzx")
    house.follow("/courriel/contracts?q=zzyzx", "autre@structure.example")
    house.clock.later(335)
    assert house.notify().letters["useful"] == 2
    assert house.notify().letters["useful"] == 0
    (message,) = house.box.to(READER)
    assert plain(message["Subject"]).startswith("Toujours utile ?")
    assert house.client.post(link_in(message, "/courriel/confirmer")).status_code == 200
    house.clock.later(31)
    assert house.notify().deleted == 1
    assert house.office.subscriptions.counts() == (1, 0)


@pytest.mark.slow
def test_a_search_that_can_no_longer_be_followed_says_why_and_ends(house: House) -> None:
    """A structure left the index: leads for it have no meaning any more."""
    house.follow("/courriel/leads?supplier=pages-jardins")
    empty = EmbeddedStore(house.settings.home / "other")
    publish(empty, suppliers(house.lexicon)[:1], house.lexicon)
    serve_contracts(empty, contracts(), house.lexicon)
    house.engine = empty
    assert house.notify().stopped == 1
    (message,) = house.box.messages
    assert "ne peut plus être suivie" in text_of(message)
    assert house.office.subscriptions.counts() == (0, 0)
    empty.close()


@pytest.mark.slow
def test_a_new_key_seals_what_an_older_one_sealed(house: House) -> None:
    house.follow()
    old = house.settings.mail_key
    assert old is not None
    new = new_key()
    settings = house.settings.model_copy(update={"mail_key": type(old)(f"{new},{old.get_secret_value()}")})
    both = office_of(settings)
    assert both is not None
    notify(both, Snapshot(house.engine), lambda: house.lexicon, TODAY, house.clock.now)
    alone = office_of(settings.model_copy(update={"mail_key": type(old)(new)}))
    assert alone is not None
    assert alone.subscriptions.stop_mailbox(READER) == 1
    both.database.close()
    alone.database.close()


def _index(house: House, *more: Contract) -> None:
    """The same contracts and others, in a store of their own."""
    engine = EmbeddedStore(house.settings.home / f"g{len(more)}")
    publish(engine, pages_suppliers(house.lexicon), house.lexicon)
    serve_contracts(engine, [*contracts(), *more], house.lexicon)
    house.engine = engine


def test_the_settings_of_a_service_without_mail_name_what_is_missing(tmp_path: Path, house: House) -> None:
    settings = settings_for(tmp_path, house.box).model_copy(update={"smtp_url": None, "mail_key": None})
    assert office_of(settings) is None
    assert list(missing_settings(settings)) == ["VIVIER_SMTP_URL", "VIVIER_MAIL_KEY"]


@pytest.mark.slow
def test_without_its_key_a_run_stops_in_one_sentence_and_loses_nothing(house: House) -> None:
    house.follow()
    lost = office_of(house.settings.model_copy(update={"mail_key": SecretStr(new_key())}))
    assert lost is not None
    for _ in range(2):
        with pytest.raises(Unsealable, match="VIVIER_MAIL_KEY"):
            notify(lost, Snapshot(house.engine), lambda: house.lexicon, TODAY, house.clock.now)
    lost.database.close()
    assert house.notify().turns == 1


@pytest.mark.slow
def test_it_lives_on_postgresql(
    tmp_path: Path, engine: EmbeddedStore, box: Mailbox, lexicon: Lexicon, postgresql: str
) -> None:
    """The same on the database of several hosts: two offices share the letters."""
    with made_house(tmp_path, engine, box, lexicon, given_url=postgresql) as house:
        readers = [f"lecteur{number}@structure.example" for number in range(6)]
        for reader in readers:
            house.follow("/courriel/contracts?q=tonte", reader)
        new = contract_of("cneuf", "Tonte des stades", notified=TODAY - timedelta(days=9), published=TOMORROW)
        _index(house, new)
        house.clock.later(1)
        with ThreadPoolExecutor(3) as pool:
            runs = list(pool.map(lambda _: house.notify(), range(3)))
        assert sum(run.delivered["sent"] for run in runs) == len(readers)
        assert sorted(str(message["To"]) for message in box.messages) == readers
        assert house.client.post(link_in(box.messages[0], "/courriel/arreter")).status_code == 200
        assert house.office.subscriptions.counts() == (5, 0)


@pytest.mark.slow
def test_a_list_too_long_to_be_read_whole_is_said_to_be(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two items are read at most; three appeared since the turn before, five days ago: nothing is passed over without a word."""
    monkeypatch.setattr("vivier.mail.news.MOST_FOLLOWED", 2)
    house.follow("/courriel/contracts?q=tonte")
    house.notify()
    days = [TODAY + timedelta(days=number) for number in (1, 2, 5)]
    _index(
        house,
        *(contract_of(f"c{day}", f"Tonte {day}", notified=TODAY - timedelta(days=9), published=day) for day in days),
    )
    house.clock.later(5)
    house.notify()
    (message,) = house.box.messages
    assert "au moins" in message["Subject"]
    assert "trop d'éléments récents" in text_of(message)
