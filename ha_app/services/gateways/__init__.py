"""Creates, updates and deletes gateways: what takes capacity, and what gives it back."""

from ha_app.services.gateways.at_once import CREATION
from ha_app.services.gateways.change import lock_gateway, release_gateway, update_gateway
from ha_app.services.gateways.create import (
    create_gateway,
    create_gateways,
    moved_by,
)
from ha_app.services.gateways.place import (
    NewGateway,
    faults_of_new_gateway,
    faults_of_place,
)

__all__ = [
    "CREATION",
    "NewGateway",
    "create_gateway",
    "create_gateways",
    "faults_of_new_gateway",
    "faults_of_place",
    "lock_gateway",
    "moved_by",
    "release_gateway",
    "update_gateway",
]
