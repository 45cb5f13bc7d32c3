"""Where SONATA's gatekeeper had its paths, which are served there too."""

SONATA_PREFIX = "/api/v2"


def prefix_of(path: str) -> str:
    """Return what a path has before the one that it is here: SONATA's prefix, or nothing."""
    return SONATA_PREFIX if path.startswith(f"{SONATA_PREFIX}/") else ""
