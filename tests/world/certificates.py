"""Certificates of the replica: an authority made for one run of the tests, and one certificate a host, signed by it.

Clients check them as they check any other: they are told of the authority by ``SSL_CERT_FILE``, which OpenSSL reads.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from functools import cache
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

    def _context(self, host: str) -> ssl.SSLContext:
        """What a server that bears the name of a host shows to its clients."""
        key = generate_private_key(SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        certificate = self._begun(_named(host[:64]), key).add_extension(names, critical=False)
        file = self._folder / f"{host}.pem"
        signed = certificate.sign(self._key, hashes.SHA256())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(private + signed.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
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
