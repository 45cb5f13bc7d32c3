"""The platform's key pair, whose public key SONATA's programs fetch before they log in."""

import base64

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gatekeeper_site.access.models import PlatformKey

KEY_BITS = 2048


def platform_public_key() -> str:
    """Return the public key, base64 of its DER; the pair is made when it is first asked for.

    Of processes that make one at once, the first to store it has made it for all.
    """
    known = PlatformKey.objects.values_list("public_key", flat=True)
    if (public_key := known.first()) is None:
        PlatformKey.objects.bulk_create([new_key()], ignore_conflicts=True)
        public_key = known.get()
    return public_key


def new_key() -> PlatformKey:
    """Return a new pair, not stored."""
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    der = private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return PlatformKey(private_key=pem.decode(), public_key=base64.b64encode(der).decode())
