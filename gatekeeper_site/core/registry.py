"""What the apps give the site, each from its one place."""

# Every word a `code` can be, for the schema: the apps' services add theirs.
CONFLICT_CODES: dict[str, str] = {}


def conflict_codes(codes: dict[str, str]) -> None:
    """Declare codes of conflicts and what they mean, for the OpenAPI schema."""
    CONFLICT_CODES.update(codes)
