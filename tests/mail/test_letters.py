"""A letter is one message to one address, with headers that nothing injects and the two that stop it in one click."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.mailbox import Mailbox, html_of, mailbox, text_of
from vivier.errors import InvalidRequest
from vivier.mail.letter import LONGEST_SUBJECT, Letter, mail_address, message_of
from vivier.mail.relay import Outcome, Relay, relay_of
from vivier.mail.sealing import Sealer, Unsealable, new_key

SENDER = "Vivier <vivier@exemple.example>"
LETTER = Letter(
    "a@b.example", "Trois nouveautés", "Bonjour à tous\n", "<p>Bonjour à tous</p>", 0.0, "https://v.example/x"
)


def test_a_message_has_the_headers_of_a_list_that_one_leaves_in_a_click(box: Mailbox) -> None:
    assert relay_of(box.url).send(message_of(LETTER, "abc", SENDER)) == Outcome("sent", 250)
    (message,) = box.messages
    assert box.recipients == [["a@b.example"]]
    assert message["From"] == SENDER
    assert message["Message-ID"] == "<abc@exemple.example>"
    assert message["Date"] == "Thu, 01 Jan 1970 00:00:00 +0000"
    assert message["List-Unsubscribe"] == "<https://v.example/x>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert text_of(message).strip() == "Bonjour à tous"
    assert "<p>Bonjour à tous</p>" in html_of(message)


def test_an_answer_goes_to_the_address_that_a_letter_names() -> None:
    message = message_of(LETTER, "abc", SENDER)
    assert "Reply-To" not in message and message["To"] == "a@b.example"
    message = message_of(replace(LETTER, stop=None, reply_to="c@d.example"), "abc", SENDER)
    assert message["Reply-To"] == "c@d.example"
    assert "List-Unsubscribe" not in message and "List-Unsubscribe-Post" not in message


@pytest.mark.slow
@given(subject=st.text(), name=st.text(max_size=50))
def test_no_subject_makes_another_header(subject: str, name: str) -> None:
    letter = Letter("a@b.example", f"{name}\r\nBcc: c@d.example\r\n{subject}", "x", "x", 0.0)
    head = bytes(message_of(letter, "abc", SENDER)).partition(b"\r\n\r\n")[0]
    unfolded = head.replace(b"\r\n ", b" ").split(b"\r\n")
    assert not any(line.lower().startswith(b"bcc") for line in unfolded)
    assert len(message_of(letter, "abc", SENDER)["Subject"]) <= LONGEST_SUBJECT


@given(st.text())
def test_an_address_is_one_plain_address_or_is_refused(text: str) -> None:
    try:
        address = mail_address(text)
    except InvalidRequest as error:
        assert error.errors[0].field == "address"
    else:
        assert address.isascii() and address.isprintable() and not set(address) & set(' ,;<>"()[]\\:')


@pytest.mark.parametrize(
    ("typed", "read"),
    [(" a.b+c@Exemple.Example ", "a.b+c@exemple.example"), ("contact@évêché.example", "contact@xn--vch-9lac.example")],
)
def test_a_usual_address_is_read(typed: str, read: str) -> None:
    assert mail_address(typed)[:9] == read[:9]
    assert mail_address(typed).rpartition("@")[2].isascii()


def test_a_refusal_for_good_and_one_for_a_time_are_told_apart(box: Mailbox) -> None:
    relay, message = relay_of(box.url), message_of(LETTER, "abc", SENDER)
    box.refusing = {"a@b.example"}
    assert relay.send(message) == Outcome("refused", 550)
    box.refusing, box.busy = set(), {"a@b.example"}
    assert relay.send(message) == Outcome("later", 451)
    box.busy, box.data_reply = set(), "554 5.7.1 Rejected"
    assert relay.send(message) == Outcome("failed", 554)
    assert relay_of("smtp://127.0.0.1:9").send(message) == Outcome("later")
    assert box.messages == []


@pytest.mark.parametrize(
    ("url", "secured", "port"),
    [
        ("smtp://relais.example", "starttls", 587),
        ("smtps://relais.example", "tls", 465),
        ("smtp://relais.example:25?tls=none", "none", 25),
        ("smtp://127.0.0.1:25", "none", 25),
        ("smtp://u%40x@relais.example", "starttls", 587),
    ],
)
def test_the_address_of_a_relay_says_how_it_is_reached(url: str, secured: str, port: int) -> None:
    relay = relay_of(url)
    assert (relay.secured, relay.port) == (secured, port)
    assert relay.user in (None, "u@x")


@pytest.mark.parametrize(
    "url",
    [
        "relais.example",
        "http://relais.example",
        "smtp://",
        "smtp://h/x",
        "smtp://h?tls=no",
        "smtp://h:port",
        "smtp://u@h?tls=none",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_by_its_name(url: str) -> None:
    with pytest.raises(InvalidRequest, match="VIVIER_SMTP_URL"):
        relay_of(url)


def test_what_an_older_key_sealed_is_opened_and_what_no_key_opens_is_said() -> None:
    old, new = new_key(), new_key()
    sealed = Sealer(old).seal({"a": 1})
    assert Sealer(f"{new},{old}").open(sealed) == {"a": 1}
    with pytest.raises(Unsealable, match="VIVIER_MAIL_KEY"):
        Sealer(new).open(sealed)
    with pytest.raises(InvalidRequest, match="VIVIER_MAIL_KEY"):
        Sealer("une clé trop courte")
    assert "1" not in repr(relay_of("smtps://u:1@h.example"))


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of « localhost » that nobody else signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1))
        .not_valid_after(datetime(2099, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return paths


def test_no_message_leaves_in_clear_nor_to_a_server_that_nobody_vouches_for(
    box: Mailbox, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = message_of(LETTER, "abc", SENDER)
    assert Relay("localhost", box.port, secured="starttls").send(message).state == "later", "it offers no STARTTLS"
    with mailbox(certificate) as secure:
        relay = Relay("localhost", secure.port, secured="starttls")
        assert relay.send(message).state == "later"
        assert (box.messages, secure.messages) == ([], [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert relay.send(message) == Outcome("sent", 250)
        assert len(secure.messages) == 1
