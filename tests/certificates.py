"""Certificates for tests: an authority of their own, and what it signs.

Python 3.13 checks them strictly (RFC 5280), and so are these checked where they are made.
"""

import subprocess
from pathlib import Path

NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


def new_authority(directory: Path) -> Path:
    """Make an authority in a directory, with its key beside it; return its certificate."""
    directory.mkdir(exist_ok=True)
    openssl(
        directory,
        *("req", "-x509", *NEW_KEY, "-keyout", "ca.key", "-out", "ca.pem"),
        *("-subj", "/CN=test authority"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
    )
    return directory / "ca.pem"


def new_certificate(authority: Path, *names: str, name: str = "server") -> Path:
    """Make a certificate for names such as `DNS:a.example`; return it, in a file with its key.

    Args:
        authority: the certificate of who signs it.
        names: what it is for.
        name: of the files beside the authority's: `name.pem`, `name.key`, and both in one.
    """
    directory = authority.parent
    openssl(
        directory,
        *("req", "-x509", *NEW_KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem"),
        *("-CA", "ca.pem", "-CAkey", "ca.key", "-subj", f"/CN={name}"),
        *("-addext", "subjectAltName=" + ",".join(names)),
        *("-addext", "basicConstraints=critical,CA:FALSE"),
        *("-addext", "keyUsage=critical,digitalSignature"),
    )
    openssl(directory, "verify", "-x509_strict", "-CAfile", "ca.pem", f"{name}.pem")
    both = directory / f"{name}-and-key.pem"
    parts = (directory / f"{name}.{suffix}" for suffix in ("pem", "key"))
    both.write_bytes(b"".join(part.read_bytes() for part in parts))
    return both


def openssl(directory: Path, *arguments: str) -> None:
    """Run openssl in a directory."""
    subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)
