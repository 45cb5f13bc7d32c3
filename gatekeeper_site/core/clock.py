"""Times as the API prints them: UTC, cut to milliseconds (contract: http.md, Paths and bodies)."""

from datetime import UTC, datetime


def cut_to_milliseconds(moment: datetime) -> datetime:
    """Return the moment in UTC without the part finer than a millisecond."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def now() -> datetime:
    """Return this moment, cut as stored times are, so that a printed time can be filtered by."""
    return cut_to_milliseconds(datetime.now(UTC))


def iso_offset(moment: datetime | str) -> str:
    """Return `2017-08-30T14:34:43.512+00:00`, the form of records.

    A text is a time that the database has printed as `iso_z` does.
    """
    if isinstance(moment, str):
        return moment.removesuffix("Z") + "+00:00"
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def iso_z(moment: datetime | str) -> str:
    """Return `2017-09-15T13:36:04.805Z`, the form of requests, descriptors and HA objects.

    A text is a time that the database has printed so.
    """
    if isinstance(moment, str):
        return moment
    return iso_offset(moment).removesuffix("+00:00") + "Z"
