"""Who calls: login, logout, whoami, tokens, and the audit."""

import sys
from typing import Annotated, Any

import typer

from gatekeeper_cli.faults import Fault, NotAllowed, NotReachable, WrongUse
from gatekeeper_cli.nouns import AUDIT, TOKEN
from gatekeeper_cli.session import Session, command, group
from gatekeeper_cli.verbs import add_list, argument

LONGEST_LINE = 4096


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "login", has_output=False)(login)
    command(app, "logout", has_output=False)(logout)
    command(app, "whoami")(whoami)
    tokens = group(app, "token", "Tokens of users and programs (role admin).")
    add_list(tokens, TOKEN)
    command(tokens, "create")(create_token)
    command(tokens, "revoke", has_output=False)(revoke_token)
    add_list(app, AUDIT, "audit")


def login(
    session: Session,
    username: Annotated[
        str | None, typer.Option("--username", "-u", help="Who logs in; asked for if not given.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    token_stdin: Annotated[
        bool,
        typer.Option("--token-stdin", help="Read a token, which you have, from standard input."),
    ] = False,
) -> None:
    """Log in; the profile keeps the token for what follows."""
    from dataclasses import replace

    from gatekeeper_cli import profiles
    from gatekeeper_cli.connection import Connection

    if password_stdin and token_stdin:
        raise WrongUse("--password-stdin and --token-stdin exclude each other.")
    if password_stdin and not username:
        raise WrongUse("With --password-stdin, say who logs in by --username.")
    if not (token_stdin or password_stdin or sys.stdin.isatty()):
        raise WrongUse("Nobody is there to be asked: see --password-stdin and --token-stdin.")
    profile = profiles.for_login(session.profile_name, session.url)
    anonymous = Connection(profile, is_verbose=session.is_verbose)
    if token_stdin:
        token, is_session = profiles.checked_token(line_of_input()), False
    else:
        name = username or typer.prompt("Username", err=True)
        password = (
            line_of_input()
            if password_stdin
            else typer.prompt("Password", hide_input=True, err=True)
        )
        body = {"username": name, "password": password}
        try:
            answer = anonymous.call("sessions.create_session", body=body).data
        except NotAllowed as refusal:
            raise NotAllowed(
                f"{profile.url} does not let {name!r} in: wrong name or password, or no role."
            ) from refusal
        token, is_session = access_token(answer), True
    profile = replace(
        profile, token=token, is_session=is_session, source=f"profile {profile.name!r}"
    )
    who = identity(Connection(profile, is_verbose=session.is_verbose))
    profiles.store(profile)
    session.progress(f"Logged in at {profile.url} as {who['user']}, {who['role']}.")


def line_of_input() -> str:
    """Return the first line of standard input."""
    return sys.stdin.readline(LONGEST_LINE).rstrip("\r\n")


def access_token(data: Any) -> str:
    """Return the token of an answer to a login."""
    from gatekeeper_cli.profiles import checked_token

    try:
        return checked_token(data["token"]["access_token"])
    except (KeyError, TypeError) as fault:
        raise NotReachable("The answer has no token. Is the URL right?") from fault


def identity(connection: Any) -> dict[str, Any]:
    """Return whose token the caller has."""
    token = connection.profile.token
    if not token:
        raise NotAllowed(connection.about_token("You are not logged in"))
    # Keystone's path, which the generated client leaves to OpenStack's.
    answer = connection.send("get", "/v3/auth/tokens", headers={"X-Subject-Token": token})
    try:
        data = answer.data["token"]
        return {
            "url": connection.profile.url,
            "profile": connection.profile.name,
            "user": data["user"]["name"],
            "role": ", ".join(role["name"] for role in data["roles"]),
            "tenant": data.get("project", {}).get("id"),
            "expires_at": None if data["expires_at"].startswith("9999-") else data["expires_at"],
        }
    except (AttributeError, KeyError, TypeError) as fault:
        raise NotReachable("The answer does not say who you are. Is the URL right?") from fault


def logout(session: Session) -> None:
    """Forget the profile's token; one that login made ends."""
    from dataclasses import replace

    from gatekeeper_cli import profiles

    kept = profiles.kept(session.profile_name)
    if kept is None or not kept.token:
        raise Fault("Nobody is logged in by this profile.")
    profiles.store(replace(kept, token=None, is_session=False))
    if kept.is_session:
        from gatekeeper_cli.connection import Connection

        try:
            Connection(kept, is_verbose=session.is_verbose).call("sessions.delete_session")
        except NotReachable as fault:
            raise NotReachable(f"Forgotten here; it works until it expires. {fault}") from fault
        except NotAllowed:
            session.progress("The token had ended before.")
            return
    session.progress(f"Logged out of {kept.url}.")


def whoami(session: Session) -> None:
    """Show who calls, in which role and tenant, until when."""
    session.show(identity(session.connection))


def create_token(
    session: Session,
    user: Annotated[str, typer.Option("--user", help="Whose it is; made if there is none.")],
    role: Annotated[str, typer.Option("--role", help="viewer, operator or admin.")],
    tenant: Annotated[
        str | None, typer.Option("--tenant", metavar="ID", help="Its tenant, 32 hex digits.")
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="When it expires; never if not given.")
    ] = None,
) -> None:
    """Make a token. It is shown this once; --output value --fields token prints it alone."""
    body: dict[str, Any] = {"user": user, "role": role}
    if tenant:
        body["tenant"] = tenant
    if days:
        body["expires_in"] = days * 86_400
    made = session.call(TOKEN.operation("create"), body=body).data
    session.show(made | {"token": access_token(made)})


def revoke_token(
    session: Session,
    which: Annotated[str, argument(TOKEN)],
) -> None:
    """End a token at once."""
    session.call(TOKEN.operation("delete"), which)
