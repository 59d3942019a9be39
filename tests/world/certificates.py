"""Certificates of a run of the tests: an authority made for it, and the certificates that it signs. The replica of the world has one a host.

Clients check them as they check any other: they are told of the authority by ``SSL_CERT_FILE``, which OpenSSL reads.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_SIGNS = x509.KeyUsage(True, False, False, False, False, True, True, False, False)


class Authority:
    """Signs the certificates of hosts. ``file`` holds its own, which clients trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = generate_private_key(SECP256R1())
        self._name = _named("Replique du monde (essais)")
        own = self._begun(self._name, self._key).add_extension(x509.BasicConstraints(True, 0), critical=True)
        certificate = own.add_extension(_SIGNS, critical=True).sign(self._key, hashes.SHA256())
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))
        self.context = cache(self._context)

    def certificate(self, name: str, addresses: Iterable[str] = ()) -> Path:
        """The file of a key and of a certificate: of the host of this name, or of whoever bears it at these addresses (IP)."""
        key = generate_private_key(SECP256R1())
        places: list[x509.GeneralName] = [x509.IPAddress(ip_address(address)) for address in addresses]
        places = places or [x509.DNSName(name)]
        certificate = self._begun(_named(name[:64]), key).add_extension(
            x509.SubjectAlternativeName(places), critical=False
        )
        signed = certificate.sign(self._key, hashes.SHA256())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file = self._folder / f"{name}.pem"
        file.write_bytes(private + signed.public_bytes(Encoding.PEM))
        return file

    def _context(self, host: str) -> ssl.SSLContext:
        """What a server that bears the name of a host shows to its clients."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate(host))
        return context

    def _begun(self, subject: x509.Name, key: EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
