"""Plays SONATA's service lifecycle manager of 2018, which reads before it ends a service.

It registers with `url_gk_api`, logs in, and reads what the instance is made of: the order to end it
names the instance alone.
"""

import base64
from typing import Any

import requests
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.mano_peer import TERMINATE, ManoPeer, Received

CLIENT_ID = "son-slm"
# Built in, as its name is.
PASSWORD = "1234"
SECONDS = 60


class SlmPeer(ManoPeer):
    """A MANO that ends only what it could read of.

    Args:
        broker: its URL.
        url_gk_api: of the gatekeeper, as its environment has it: `http://host:port/api/v2/`.
    """

    def __init__(self, broker: str, url_gk_api: str) -> None:
        super().__init__(broker)
        self.url_gk_api = url_gk_api
        self.token = ""
        # What it has read, by the path below.
        self.read: dict[str, Any] = {}

    def answer(self, channel: Any, order: Received) -> None:
        """Answer, once it has read what is to be ended."""
        if order.topic == TERMINATE:
            self.token = self.registered()
            self.read_instance(order.document["instance_id"])
        super().answer(channel, order)

    def registered(self) -> str:
        """Fetch the key, register, log in, and return the token."""
        address = f"{self.url_gk_api}micro-services"
        answer = requests.get(f"{address}/public-key", timeout=SECONDS).json()
        key = answer["items"]["public-key"]
        load_pem_public_key(
            f"-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n".encode()
        )
        order = {"clientId": CLIENT_ID, "secret": PASSWORD, "redirectUris": [f"/auth/{CLIENT_ID}"]}
        made = requests.post(address, json=order, timeout=SECONDS)
        assert (made.status_code, made.json()) == (201, {"clientId": CLIENT_ID}), made.text
        credentials = base64.b64encode(f"{CLIENT_ID}:{PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}"}
        answer = requests.get(address, headers=headers, timeout=SECONDS).json()
        return str(answer["access_token"])

    def read_instance(self, instance_id: str) -> None:
        """Read the service's record and descriptor, and those of each function of it."""
        record = self.get(f"records/services/{instance_id}")
        self.get(f"services/{record['descriptor_reference']}")
        for function in record["network_functions"]:
            function_record = self.get(f"records/functions/{function['vnfr_id']}")
            self.get(f"functions/{function_record['descriptor_reference']}")

    def get(self, path: str) -> Any:
        """Return what there is below `url_gk_api`."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.get(f"{self.url_gk_api}{path}", headers=headers, timeout=SECONDS)
        assert answer.status_code == 200, (path, answer.text)
        self.read[path] = answer.json()
        return answer.json()
