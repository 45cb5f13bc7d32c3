"""The schema's objects and words.

Each is loaded when it is first asked for: all of them take long.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .allocated_vlan import AllocatedVlan
    from .audit_entry import AuditEntry
    from .audit_entry_changes import AuditEntryChanges
    from .audit_via import AuditVia
    from .bearer_token import BearerToken
    from .callback_attempt import CallbackAttempt
    from .callback_delivery import CallbackDelivery
    from .callback_outcome import CallbackOutcome
    from .case import Case
    from .case_change import CaseChange
    from .case_note import CaseNote
    from .case_state import CaseState
    from .cloudnative_deployment_unit import CloudnativeDeploymentUnit
    from .count import Count
    from .cpu import Cpu
    from .credentials import Credentials
    from .described_connection_point import DescribedConnectionPoint
    from .described_graph import DescribedGraph
    from .described_link import DescribedLink
    from .descriptor_format import DescriptorFormat
    from .descriptor_status import DescriptorStatus
    from .difference import Difference
    from .endpoint import Endpoint
    from .error_class import ErrorClass
    from .fault import Fault
    from .function_descriptor import FunctionDescriptor
    from .function_record import FunctionRecord
    from .gateway import Gateway
    from .gateway_changes import GatewayChanges
    from .gateway_changes_envelope import GatewayChangesEnvelope
    from .gateway_envelope import GatewayEnvelope
    from .gateway_list import GatewayList
    from .get_readiness_only import GetReadinessOnly
    from .giving_up import GivingUp
    from .gohan_permission import GohanPermission
    from .gohan_property import GohanProperty
    from .gohan_resource import GohanResource
    from .gohan_resource_properties import GohanResourceProperties
    from .gohan_schema import GohanSchema
    from .gohan_schema_actions import GohanSchemaActions
    from .gohan_schema_envelope import GohanSchemaEnvelope
    from .gohan_schema_list import GohanSchemaList
    from .gohan_schema_metadata import GohanSchemaMetadata
    from .gohan_version import GohanVersion
    from .ha_event import HaEvent
    from .ha_interface import HaInterface
    from .ha_interface_changes import HaInterfaceChanges
    from .ha_interface_changes_envelope import HaInterfaceChangesEnvelope
    from .ha_interface_envelope import HaInterfaceEnvelope
    from .ha_interface_list import HaInterfaceList
    from .ha_router import HaRouter
    from .ha_router_changes import HaRouterChanges
    from .ha_router_changes_envelope import HaRouterChangesEnvelope
    from .ha_router_envelope import HaRouterEnvelope
    from .ha_router_list import HaRouterList
    from .ha_status import HaStatus
    from .health import Health
    from .link_type import LinkType
    from .list_audit_entries_ordering import ListAuditEntriesOrdering
    from .list_function_records_ordering import ListFunctionRecordsOrdering
    from .list_functions_ordering import ListFunctionsOrdering
    from .list_gateway_events_ordering import ListGatewayEventsOrdering
    from .list_gateway_events_sort_key import ListGatewayEventsSortKey
    from .list_gateways_ordering import ListGatewaysOrdering
    from .list_gateways_sort_key import ListGatewaysSortKey
    from .list_ha_interface_events_ordering import ListHaInterfaceEventsOrdering
    from .list_ha_interface_events_sort_key import ListHaInterfaceEventsSortKey
    from .list_ha_interfaces_ordering import ListHaInterfacesOrdering
    from .list_ha_interfaces_sort_key import ListHaInterfacesSortKey
    from .list_ha_router_events_ordering import ListHaRouterEventsOrdering
    from .list_ha_router_events_sort_key import ListHaRouterEventsSortKey
    from .list_ha_routers_ordering import ListHaRoutersOrdering
    from .list_ha_routers_sort_key import ListHaRoutersSortKey
    from .list_request_callbacks_ordering import ListRequestCallbacksOrdering
    from .list_request_events_ordering import ListRequestEventsOrdering
    from .list_requests_ordering import ListRequestsOrdering
    from .list_service_records_in_sync_item import ListServiceRecordsInSyncItem
    from .list_service_records_ordering import ListServiceRecordsOrdering
    from .list_services_ordering import ListServicesOrdering
    from .list_tokens_ordering import ListTokensOrdering
    from .made_token import MadeToken
    from .mano_run_state import ManoRunState
    from .mano_state import ManoState
    from .mano_state_change import ManoStateChange
    from .memory import Memory
    from .network_function import NetworkFunction
    from .network_service_descriptor import NetworkServiceDescriptor
    from .new_gateway import NewGateway
    from .new_gateway_envelope import NewGatewayEnvelope
    from .new_gateway_list import NewGatewayList
    from .new_ha_interface import NewHaInterface
    from .new_ha_interface_envelope import NewHaInterfaceEnvelope
    from .new_ha_interface_list import NewHaInterfaceList
    from .new_ha_router import NewHaRouter
    from .new_ha_router_envelope import NewHaRouterEnvelope
    from .new_ha_router_list import NewHaRouterList
    from .new_request import NewRequest
    from .new_token import NewToken
    from .problem import Problem
    from .problem_code import ProblemCode
    from .problem_error import ProblemError
    from .qos_type import QosType
    from .readiness import Readiness
    from .readiness_checks import ReadinessChecks
    from .record_status import RecordStatus
    from .request import Request
    from .request_event import RequestEvent
    from .request_state import RequestState
    from .request_status import RequestStatus
    from .request_type import RequestType
    from .resolution import Resolution
    from .resource_requirements import ResourceRequirements
    from .resource_requirements_storage import ResourceRequirementsStorage
    from .role import Role
    from .service_descriptor import ServiceDescriptor
    from .service_record import ServiceRecord
    from .service_record_update import ServiceRecordUpdate
    from .service_type import ServiceType
    from .session import Session
    from .sol_006_network_service_descriptor import Sol006NetworkServiceDescriptor
    from .sol_006_service import Sol006Service
    from .sol_006_service_flavour import Sol006ServiceFlavour
    from .sol_006_services import Sol006Services
    from .sol_006_vnf import Sol006Vnf
    from .sol_006_vnf_descriptor import Sol006VnfDescriptor
    from .sol_006_vnf_flavour import Sol006VnfFlavour
    from .sort_order import SortOrder
    from .sync import Sync
    from .token import Token
    from .token_type import TokenType
    from .unit_connection_point import UnitConnectionPoint
    from .virtual_deployment_unit import VirtualDeploymentUnit
    from .vlans import Vlans
    from .vnf_descriptor import VnfDescriptor

_MODULES = {
    "AllocatedVlan": ".allocated_vlan",
    "AuditEntry": ".audit_entry",
    "AuditEntryChanges": ".audit_entry_changes",
    "AuditVia": ".audit_via",
    "BearerToken": ".bearer_token",
    "CallbackAttempt": ".callback_attempt",
    "CallbackDelivery": ".callback_delivery",
    "CallbackOutcome": ".callback_outcome",
    "Case": ".case",
    "CaseChange": ".case_change",
    "CaseNote": ".case_note",
    "CaseState": ".case_state",
    "CloudnativeDeploymentUnit": ".cloudnative_deployment_unit",
    "Count": ".count",
    "Cpu": ".cpu",
    "Credentials": ".credentials",
    "DescribedConnectionPoint": ".described_connection_point",
    "DescribedGraph": ".described_graph",
    "DescribedLink": ".described_link",
    "DescriptorFormat": ".descriptor_format",
    "DescriptorStatus": ".descriptor_status",
    "Difference": ".difference",
    "Endpoint": ".endpoint",
    "ErrorClass": ".error_class",
    "Fault": ".fault",
    "FunctionDescriptor": ".function_descriptor",
    "FunctionRecord": ".function_record",
    "Gateway": ".gateway",
    "GatewayChanges": ".gateway_changes",
    "GatewayChangesEnvelope": ".gateway_changes_envelope",
    "GatewayEnvelope": ".gateway_envelope",
    "GatewayList": ".gateway_list",
    "GetReadinessOnly": ".get_readiness_only",
    "GivingUp": ".giving_up",
    "GohanPermission": ".gohan_permission",
    "GohanProperty": ".gohan_property",
    "GohanResource": ".gohan_resource",
    "GohanResourceProperties": ".gohan_resource_properties",
    "GohanSchema": ".gohan_schema",
    "GohanSchemaActions": ".gohan_schema_actions",
    "GohanSchemaEnvelope": ".gohan_schema_envelope",
    "GohanSchemaList": ".gohan_schema_list",
    "GohanSchemaMetadata": ".gohan_schema_metadata",
    "GohanVersion": ".gohan_version",
    "HaEvent": ".ha_event",
    "HaInterface": ".ha_interface",
    "HaInterfaceChanges": ".ha_interface_changes",
    "HaInterfaceChangesEnvelope": ".ha_interface_changes_envelope",
    "HaInterfaceEnvelope": ".ha_interface_envelope",
    "HaInterfaceList": ".ha_interface_list",
    "HaRouter": ".ha_router",
    "HaRouterChanges": ".ha_router_changes",
    "HaRouterChangesEnvelope": ".ha_router_changes_envelope",
    "HaRouterEnvelope": ".ha_router_envelope",
    "HaRouterList": ".ha_router_list",
    "HaStatus": ".ha_status",
    "Health": ".health",
    "LinkType": ".link_type",
    "ListAuditEntriesOrdering": ".list_audit_entries_ordering",
    "ListFunctionRecordsOrdering": ".list_function_records_ordering",
    "ListFunctionsOrdering": ".list_functions_ordering",
    "ListGatewayEventsOrdering": ".list_gateway_events_ordering",
    "ListGatewayEventsSortKey": ".list_gateway_events_sort_key",
    "ListGatewaysOrdering": ".list_gateways_ordering",
    "ListGatewaysSortKey": ".list_gateways_sort_key",
    "ListHaInterfaceEventsOrdering": ".list_ha_interface_events_ordering",
    "ListHaInterfaceEventsSortKey": ".list_ha_interface_events_sort_key",
    "ListHaInterfacesOrdering": ".list_ha_interfaces_ordering",
    "ListHaInterfacesSortKey": ".list_ha_interfaces_sort_key",
    "ListHaRouterEventsOrdering": ".list_ha_router_events_ordering",
    "ListHaRouterEventsSortKey": ".list_ha_router_events_sort_key",
    "ListHaRoutersOrdering": ".list_ha_routers_ordering",
    "ListHaRoutersSortKey": ".list_ha_routers_sort_key",
    "ListRequestCallbacksOrdering": ".list_request_callbacks_ordering",
    "ListRequestEventsOrdering": ".list_request_events_ordering",
    "ListRequestsOrdering": ".list_requests_ordering",
    "ListServiceRecordsInSyncItem": ".list_service_records_in_sync_item",
    "ListServiceRecordsOrdering": ".list_service_records_ordering",
    "ListServicesOrdering": ".list_services_ordering",
    "ListTokensOrdering": ".list_tokens_ordering",
    "MadeToken": ".made_token",
    "ManoRunState": ".mano_run_state",
    "ManoState": ".mano_state",
    "ManoStateChange": ".mano_state_change",
    "Memory": ".memory",
    "NetworkFunction": ".network_function",
    "NetworkServiceDescriptor": ".network_service_descriptor",
    "NewGateway": ".new_gateway",
    "NewGatewayEnvelope": ".new_gateway_envelope",
    "NewGatewayList": ".new_gateway_list",
    "NewHaInterface": ".new_ha_interface",
    "NewHaInterfaceEnvelope": ".new_ha_interface_envelope",
    "NewHaInterfaceList": ".new_ha_interface_list",
    "NewHaRouter": ".new_ha_router",
    "NewHaRouterEnvelope": ".new_ha_router_envelope",
    "NewHaRouterList": ".new_ha_router_list",
    "NewRequest": ".new_request",
    "NewToken": ".new_token",
    "Problem": ".problem",
    "ProblemCode": ".problem_code",
    "ProblemError": ".problem_error",
    "QosType": ".qos_type",
    "Readiness": ".readiness",
    "ReadinessChecks": ".readiness_checks",
    "RecordStatus": ".record_status",
    "Request": ".request",
    "RequestEvent": ".request_event",
    "RequestState": ".request_state",
    "RequestStatus": ".request_status",
    "RequestType": ".request_type",
    "Resolution": ".resolution",
    "ResourceRequirements": ".resource_requirements",
    "ResourceRequirementsStorage": ".resource_requirements_storage",
    "Role": ".role",
    "ServiceDescriptor": ".service_descriptor",
    "ServiceRecord": ".service_record",
    "ServiceRecordUpdate": ".service_record_update",
    "ServiceType": ".service_type",
    "Session": ".session",
    "Sol006NetworkServiceDescriptor": ".sol_006_network_service_descriptor",
    "Sol006Service": ".sol_006_service",
    "Sol006ServiceFlavour": ".sol_006_service_flavour",
    "Sol006Services": ".sol_006_services",
    "Sol006Vnf": ".sol_006_vnf",
    "Sol006VnfDescriptor": ".sol_006_vnf_descriptor",
    "Sol006VnfFlavour": ".sol_006_vnf_flavour",
    "SortOrder": ".sort_order",
    "Sync": ".sync",
    "Token": ".token",
    "TokenType": ".token_type",
    "UnitConnectionPoint": ".unit_connection_point",
    "VirtualDeploymentUnit": ".virtual_deployment_unit",
    "Vlans": ".vlans",
    "VnfDescriptor": ".vnf_descriptor",
}

__all__ = (
    "AllocatedVlan",
    "AuditEntry",
    "AuditEntryChanges",
    "AuditVia",
    "BearerToken",
    "CallbackAttempt",
    "CallbackDelivery",
    "CallbackOutcome",
    "Case",
    "CaseChange",
    "CaseNote",
    "CaseState",
    "CloudnativeDeploymentUnit",
    "Count",
    "Cpu",
    "Credentials",
    "DescribedConnectionPoint",
    "DescribedGraph",
    "DescribedLink",
    "DescriptorFormat",
    "DescriptorStatus",
    "Difference",
    "Endpoint",
    "ErrorClass",
    "Fault",
    "FunctionDescriptor",
    "FunctionRecord",
    "Gateway",
    "GatewayChanges",
    "GatewayChangesEnvelope",
    "GatewayEnvelope",
    "GatewayList",
    "GetReadinessOnly",
    "GivingUp",
    "GohanPermission",
    "GohanProperty",
    "GohanResource",
    "GohanResourceProperties",
    "GohanSchema",
    "GohanSchemaActions",
    "GohanSchemaEnvelope",
    "GohanSchemaList",
    "GohanSchemaMetadata",
    "GohanVersion",
    "HaEvent",
    "HaInterface",
    "HaInterfaceChanges",
    "HaInterfaceChangesEnvelope",
    "HaInterfaceEnvelope",
    "HaInterfaceList",
    "HaRouter",
    "HaRouterChanges",
    "HaRouterChangesEnvelope",
    "HaRouterEnvelope",
    "HaRouterList",
    "HaStatus",
    "Health",
    "LinkType",
    "ListAuditEntriesOrdering",
    "ListFunctionRecordsOrdering",
    "ListFunctionsOrdering",
    "ListGatewayEventsOrdering",
    "ListGatewayEventsSortKey",
    "ListGatewaysOrdering",
    "ListGatewaysSortKey",
    "ListHaInterfaceEventsOrdering",
    "ListHaInterfaceEventsSortKey",
    "ListHaInterfacesOrdering",
    "ListHaInterfacesSortKey",
    "ListHaRouterEventsOrdering",
    "ListHaRouterEventsSortKey",
    "ListHaRoutersOrdering",
    "ListHaRoutersSortKey",
    "ListRequestCallbacksOrdering",
    "ListRequestEventsOrdering",
    "ListRequestsOrdering",
    "ListServiceRecordsInSyncItem",
    "ListServiceRecordsOrdering",
    "ListServicesOrdering",
    "ListTokensOrdering",
    "MadeToken",
    "ManoRunState",
    "ManoState",
    "ManoStateChange",
    "Memory",
    "NetworkFunction",
    "NetworkServiceDescriptor",
    "NewGateway",
    "NewGatewayEnvelope",
    "NewGatewayList",
    "NewHaInterface",
    "NewHaInterfaceEnvelope",
    "NewHaInterfaceList",
    "NewHaRouter",
    "NewHaRouterEnvelope",
    "NewHaRouterList",
    "NewRequest",
    "NewToken",
    "Problem",
    "ProblemCode",
    "ProblemError",
    "QosType",
    "Readiness",
    "ReadinessChecks",
    "RecordStatus",
    "Request",
    "RequestEvent",
    "RequestState",
    "RequestStatus",
    "RequestType",
    "Resolution",
    "ResourceRequirements",
    "ResourceRequirementsStorage",
    "Role",
    "ServiceDescriptor",
    "ServiceRecord",
    "ServiceRecordUpdate",
    "ServiceType",
    "Session",
    "Sol006NetworkServiceDescriptor",
    "Sol006Service",
    "Sol006ServiceFlavour",
    "Sol006Services",
    "Sol006Vnf",
    "Sol006VnfDescriptor",
    "Sol006VnfFlavour",
    "SortOrder",
    "Sync",
    "Token",
    "TokenType",
    "UnitConnectionPoint",
    "VirtualDeploymentUnit",
    "Vlans",
    "VnfDescriptor",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_MODULES[name], __name__), name)
    return value
