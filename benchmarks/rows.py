"""Rows by the million, written by SQL: what a provider has after years."""

from typing import Any

from ha_app import vlan_pool

TENANT = "0b576f6f4cbf414f829cd12f008bf08f"
GATEWAYS_PER_INTERFACE = 100
# Of a million requests: 300,000 service records and 600,000 function records, each with the body of
# one that was really made, and 2,000 HA interfaces.
REQUESTS_PER_SERVICE_RECORD = 10 / 3
FUNCTION_RECORDS_PER_SERVICE = 2
REQUESTS_PER_INTERFACE = 500

# One per cent each are in ERROR, and the tenant's.
REQUESTS = """
INSERT INTO requests_app_request (
    id, tenant_id, request_type, status, service_uuid, service_instance_uuid, ingresses, egresses,
    began_at, created_at, updated_at, handover, has_late_success, error, error_class, cause,
    case_state
)
SELECT
    gen_random_uuid(),
    CASE WHEN n %% 100 = 1 THEN %(tenant)s ELSE lpad(to_hex(n %% 100), 32, '0') END, 'CREATE',
    CASE WHEN n %% 100 = 0 THEN 'ERROR' ELSE 'READY' END,
    '9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1', gen_random_uuid(), '[]', '[]', at, at, at,
    'SENT', false,
    CASE WHEN n %% 100 = 0 THEN 'no room' END, CASE WHEN n %% 100 = 0 THEN 'refused' END,
    CASE WHEN n %% 100 = 0 THEN 'no room' END, CASE WHEN n %% 100 = 0 THEN 'open' END
FROM generate_series(%(low)s, %(high)s) AS n, LATERAL (
    SELECT timestamptz '2026-01-01' + n * interval '7 milliseconds' AS at
) AS times
"""
SERVICE_RECORDS = """
INSERT INTO records_app_servicerecord (
    uuid, tenant_id, status, version, descriptor_reference, descriptor_id, body, created_at,
    updated_at
)
SELECT
    request.service_instance_uuid, request.tenant_id, 'normal operation', 1,
    made.descriptor_reference, made.descriptor_id, made.body, request.created_at, request.updated_at
FROM (
    SELECT * FROM requests_app_request WHERE status = 'READY' ORDER BY created_at LIMIT %(number)s
) AS request, (SELECT * FROM records_app_servicerecord ORDER BY created_at DESC LIMIT 1) AS made
ON CONFLICT DO NOTHING
"""
FUNCTION_RECORDS = """
INSERT INTO records_app_functionrecord (
    uuid, tenant_id, status, version, descriptor_reference, descriptor_id, service_id, body,
    created_at, updated_at
)
SELECT
    gen_random_uuid(), service.tenant_id, 'normal operation', 2, made.descriptor_reference,
    made.descriptor_id, service.uuid, made.body, service.created_at, service.updated_at
FROM (
    SELECT * FROM records_app_servicerecord AS service WHERE NOT EXISTS (
        SELECT FROM records_app_functionrecord WHERE service_id = service.uuid
    )
) AS service, (
    SELECT * FROM records_app_functionrecord ORDER BY created_at DESC LIMIT %(per_service)s
) AS made
"""
INTERFACES = """
WITH router AS (
    INSERT INTO ha_app_harouter (
        id, tenant_id, name, description, status, version, created_at, marked_for_deletion,
        is_monitored, primary_router_id, secondary_router_id, maximum_gateways, available_gateways
    )
    SELECT
        gen_random_uuid(), %(tenant)s, '', '', 'ACTIVE', 1, now(), false, false, gen_random_uuid(),
        gen_random_uuid(), 100000, 100000 - %(gateways)s
    FROM generate_series(1, %(number)s)
    RETURNING *
)
INSERT INTO ha_app_hainterface (
    id, tenant_id, name, description, status, version, created_at, marked_for_deletion,
    is_monitored, ha_router_id, primary_interface_id, secondary_interface_id, link_type,
    restricted_vlans, reserved_vlans, vlan_ids_available, vlan_pool_state, gateway_instances_count,
    maximum_ga_bandwidth, maximum_be_bandwidth, available_ga_bandwidth, available_be_bandwidth,
    admin_state_up
)
SELECT
    gen_random_uuid(), tenant_id, '', '', 'ACTIVE', 1, created_at, false, false, id,
    gen_random_uuid(), gen_random_uuid(), 'downlink', '', '0,4095', %(available)s, %(pool)s,
    %(gateways)s, 0, 0, 0, 0, true
FROM router
"""
GATEWAYS = """
WITH gateway AS (
    INSERT INTO ha_app_gateway (
        id, tenant_id, name, description, status, version, created_at, marked_for_deletion,
        is_monitored, service_type, ha_router_id, downlink_interface_id, vlan_id, bandwidth,
        vrf_name
    )
    SELECT
        gen_random_uuid(), tenant_id, '', '', 'ACTIVE', 1, created_at, false, false, 'internet',
        ha_router_id, id, vlan, 0, 'vrf_gw__' || vlan
    FROM ha_app_hainterface AS interface, generate_series(1, %(gateways)s) AS vlan
    WHERE NOT EXISTS (SELECT FROM ha_app_vlanallocation WHERE ha_interface_id = interface.id)
    RETURNING *
)
INSERT INTO ha_app_vlanallocation (ha_interface_id, vlan_id, gateway_id)
SELECT downlink_interface_id, vlan_id, id FROM gateway
"""
TABLES = (
    "requests_app_request",
    "records_app_servicerecord",
    "records_app_functionrecord",
    "ha_app_harouter",
    "ha_app_hainterface",
    "ha_app_gateway",
    "ha_app_vlanallocation",
)


# Those that guarantee nothing.
INDEXES = """
SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid)
FROM pg_index AS index WHERE NOT index.indisunique AND index.indrelid = ANY(%s::regclass[])
"""


def load(cursor: Any, low: int, high: int) -> None:
    """Fill the tables, and have PostgreSQL know what is in them, as it does after a while."""
    # To build an index takes a fraction of what it takes to put each row into it; and what refers
    # to other rows is right as it is made.
    cursor.execute(INDEXES, [list(TABLES)])
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    cursor.execute("SET session_replication_role = replica")
    fill(cursor, low, high)
    cursor.execute("SET session_replication_role = origin")
    cursor.execute("SET maintenance_work_mem = '256MB'")
    for _, definition in indexes:
        cursor.execute(definition)
    for table in TABLES:
        cursor.execute(f"VACUUM ANALYZE {table}")


def fill(cursor: Any, low: int, high: int) -> None:
    """Have as many requests as `high`, of which there are `low`, and all else in proportion.

    At least one order has been carried out, of whose records further ones are made.
    """
    cursor.execute(REQUESTS, {"tenant": TENANT, "low": low + 1, "high": high})
    cursor.execute(SERVICE_RECORDS, {"number": int(high / REQUESTS_PER_SERVICE_RECORD)})
    cursor.execute(FUNCTION_RECORDS, {"per_service": FUNCTION_RECORDS_PER_SERVICE})
    pool = vlan_pool.parse_ranges(f"0-{GATEWAYS_PER_INTERFACE},4095")
    interfaces = {
        "tenant": TENANT,
        "number": (high - low) // REQUESTS_PER_INTERFACE,
        "gateways": GATEWAYS_PER_INTERFACE,
        "available": vlan_pool.count_free(pool),
        "pool": vlan_pool.encode_base64(pool),
    }
    cursor.execute(INTERFACES, interfaces)
    cursor.execute(GATEWAYS, interfaces)
