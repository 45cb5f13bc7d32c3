"""Calls of the NBI, one after the other, logged in."""

import http.client
import json
import time
from typing import Any

from django.conf import settings
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

from requests_app.mano.osm.nbi.connections import in_time, new_connection, target
from requests_app.mano.osm.nbi.outcomes import (
    LoginRefused,
    NotDone,
    Refused,
    Unclear,
    UnknownProject,
)
from requests_app.mano.osm.nbi.replies import MAX_ANSWER_BYTES, Reply, id_in, shown, value_of
from requests_app.mano.osm.nbi.tokens import account, forget, logging_in, token_of, tokens

CONNECT_SECONDS = 5.0
TOKENS = ("admin", "v1", "tokens")
JSON = "application/json"


class Session:
    """Some calls, one after the other, that share a connection and the time they have together.

    Args:
        seconds: from now on. When they are over, nothing more is sent.
    """

    def __init__(self, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds
        self.connection: HTTPConnection | None = None

    def seconds_left(self) -> float:
        """Return how many seconds are left."""
        return self.ends_at - time.monotonic()

    def close(self) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def get(self, *path: str, **query: str) -> Any:
        """Return what is at a path.

        Raises:
            NotDone, Unclear: it is not known.
            Refused: there is nothing, or not for us.
        """
        return self.call("GET", path, query=query)

    def listed(self, *path: str, **query: str) -> list[dict[str, Any]]:
        """Return the objects of a list.

        Raises:
            NotDone, Unclear: they are not known, or it is no list of objects.
            Refused: it is not for us.
        """
        found = self.get(*path, **query)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise Unclear(f"{shown(path)} is no list of objects")
        return found

    def object(self, *path: str) -> dict[str, Any]:
        """Return one object.

        Raises:
            NotDone, Unclear: it is not known, or is none.
            Refused: there is none, or not for us.
        """
        found = self.get(*path)
        if not isinstance(found, dict):
            raise Unclear(f"{shown(path)} is no object")
        return found

    def post(self, *path: str, body: dict[str, Any]) -> str:
        """Have something made or begun; return its id.

        Raises:
            NotDone, Refused: it is not.
            Unclear: it may be.
        """
        answer = self.call("POST", path, body=json.dumps(body).encode())
        return id_in(answer, "id", path)

    def put(self, *path: str, body: bytes, media_type: str) -> None:
        """Store something.

        Raises:
            NotDone, Refused: it is not stored.
            Unclear: it may be.
        """
        self.call("PUT", path, body=body, media_type=media_type)

    def delete(self, *path: str) -> None:
        """Remove something. What there is not has been removed.

        Raises:
            NotDone, Refused: it is not removed.
            Unclear: it may be.
        """
        try:
            self.call("DELETE", path)
        except Refused as error:
            if error.status != http.HTTPStatus.NOT_FOUND:
                raise

    def call(
        self,
        method: str,
        path: tuple[str, ...],
        *,
        query: dict[str, str] | None = None,
        body: bytes | None = None,
        media_type: str = JSON,
    ) -> Any:
        """Call, logged in; log in anew, once, where the token works no more. Return what came."""
        known = token_of(account())
        token = known or self.log_in()
        answer = self.exchange(method, path, query, body, media_type, token)
        if answer.status == http.HTTPStatus.UNAUTHORIZED and known:
            forget(known)
            answer = self.exchange(method, path, query, body, media_type, self.log_in())
        if answer.status == http.HTTPStatus.UNAUTHORIZED:
            forget(token_of(account()))
            raise NotDone("the NBI refuses the token that it has given")
        return value_of(answer, method, path)

    def log_in(self) -> str:
        """Get a token, also for the other calls of this process.

        A second login within 2 s is held up, so that one of several logs in for all.

        Raises:
            NotDone: there is none to be had.
        """
        seen = token_of(account())
        if not logging_in.acquire(timeout=max(0.0, self.seconds_left())):
            raise NotDone("another login takes too long")
        try:
            now_known = token_of(account())
            if now_known is not None and now_known != seen:
                return now_known
            token = self.new_token()
            tokens[account()] = token
            return token
        finally:
            logging_in.release()

    def new_token(self) -> str:
        """Log in.

        Raises:
            NotDone: there is no token to be had.
        """
        credentials = {
            "username": settings.OSM_USERNAME,
            "password": settings.OSM_PASSWORD,
            "project_id": settings.OSM_PROJECT,
        }
        try:
            answer = self.exchange("POST", TOKENS, None, json.dumps(credentials).encode(), JSON)
            if answer.status == http.HTTPStatus.UNAUTHORIZED:
                raise LoginRefused("the NBI refuses the login")
            if answer.status == http.HTTPStatus.NOT_FOUND:
                raise UnknownProject("the NBI knows no such project")
            return id_in(value_of(answer, "POST", TOKENS), "id", TOKENS)
        except (Unclear, Refused) as error:
            raise NotDone(f"no login: {error}") from error

    def exchange(
        self,
        method: str,
        path: tuple[str, ...],
        query: dict[str, str] | None,
        body: bytes | None,
        media_type: str,
        token: str | None = None,
    ) -> Reply:
        """Send a call, and return its answer.

        Raises:
            NotDone: it was not sent.
            Unclear: it was, and no answer came.
        """
        connection = self.connected()
        if self.seconds_left() <= 0:
            raise NotDone("no time was left to send it")
        headers = {
            "Accept": JSON,
            "Accept-Encoding": "identity",
            "User-Agent": "Gatekeeper",
        }
        if body is not None:
            headers["Content-Type"] = media_type
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            with in_time(connection, self.ends_at):
                connection.request(
                    method, target(path, query), body, headers, preload_content=False
                )
                response = connection.getresponse()
                content = response.read(MAX_ANSWER_BYTES + 1)
                if len(content) > MAX_ANSWER_BYTES:
                    raise Unclear(f"the answer has more than {MAX_ANSWER_BYTES} bytes")
                response.release_conn()
        except (OSError, HTTPError, http.client.HTTPException, Unclear) as error:
            self.close()
            what = str(error) if isinstance(error, Unclear) else type(error).__name__
            raise Unclear(f"{method} {shown(path)}: {what}") from error
        if self.seconds_left() <= 0:
            # A connection that is shut down looks like the end of the answer.
            self.close()
            raise Unclear(f"{method} {shown(path)}: no answer in time")
        return Reply(response.status, content)

    def connected(self) -> HTTPConnection:
        """Return a connection that works, as far as can be seen before a call is at stake.

        Raises:
            NotDone: there is none to be had.
        """
        if self.connection is not None and self.connection.is_connected:
            return self.connection
        self.close()
        timeout = min(CONNECT_SECONDS, self.seconds_left())
        if timeout <= 0:
            raise NotDone("no time was left to connect")
        try:
            connection = new_connection(timeout)
            connection.connect()
        except (OSError, HTTPError) as error:
            cause = error.__cause__ if isinstance(error, HTTPError) else error
            raise NotDone(f"no connection to the NBI: {cause or error}") from error
        self.connection = connection
        return connection
