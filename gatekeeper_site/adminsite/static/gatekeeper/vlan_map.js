// Tells what a VLAN of the map is, by pointer, arrow keys or number, and leads to its gateway.
"use strict";

const ROW = 64;
const data = JSON.parse(document.getElementById("vlan-data").textContent);
const map = document.getElementById("vlan-map");
const cells = document.getElementById("vlan-cells");
const cursor = document.getElementById("vlan-cursor");
const tip = document.getElementById("vlan-tip");
const input = document.getElementById("vlan-id");
const told = document.getElementById("vlan-told");

const kindOf = new Array(ROW * ROW);
for (const [kind, ranges] of Object.entries(data.kinds)) {
    for (const range of ranges.split(",").filter(Boolean)) {
        const [low, high = low] = range.split("-").map(Number);
        kindOf.fill(kind, low, high + 1);
    }
}
const gatewayOf = new Map(data.gateways.map((row) => [row.vlan_id, row]));

function describe(vlan) {
    const gateway = gatewayOf.get(vlan);
    if (!gateway) {
        return `VLAN ${vlan}: ${kindOf[vlan]}`;
    }
    const whose = gateway.gateway_id
        ? gateway.name || gateway.gateway_id
        : "a gateway of another tenant";
    return `VLAN ${vlan}: allocated to ${whose}`;
}

function urlOf(vlan) {
    const gateway = gatewayOf.get(vlan);
    return gateway && gateway.gateway_id ? `${data.gateway_list}${gateway.gateway_id}/change/` : null;
}

function point(vlan) {
    cursor.setAttribute("x", vlan % ROW);
    cursor.setAttribute("y", Math.floor(vlan / ROW));
    cursor.setAttribute("visibility", "visible");
    tip.textContent = describe(vlan);
    tip.hidden = false;
    const frame = map.getBoundingClientRect();
    const cell = cursor.getBoundingClientRect();
    const left = cell.left - frame.left + cell.width / 2 - tip.offsetWidth / 2;
    const above = cell.top - frame.top - tip.offsetHeight - 6;
    tip.style.left = `${Math.max(0, Math.min(left, frame.width - tip.offsetWidth))}px`;
    tip.style.top = `${above < 0 ? cell.bottom - frame.top + 6 : above}px`;
}

function tell(vlan) {
    point(vlan);
    input.value = vlan;
    told.textContent = describe(vlan);
    const url = urlOf(vlan);
    if (url) {
        const link = document.createElement("a");
        link.href = url;
        link.className = "text-link";
        link.textContent = "Open the gateway";
        told.append(" – ", link);
    }
}

function vlanAt(event) {
    const box = cells.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * ROW);
    const row = Math.floor(((event.clientY - box.top) / box.height) * ROW);
    const isInside = column >= 0 && column < ROW && row >= 0 && row < ROW;
    return isInside ? row * ROW + column : null;
}

function isNumber(text) {
    return /^\d{1,4}$/.test(text) && Number(text) < ROW * ROW;
}

map.addEventListener("pointermove", (event) => {
    const vlan = vlanAt(event);
    if (vlan === null) {
        tip.hidden = true;
        return;
    }
    map.classList.toggle("leads-on", urlOf(vlan) !== null);
    point(vlan);
});

// Back to the VLAN that was chosen last, if one was.
map.addEventListener("pointerleave", () => {
    tip.hidden = true;
    if (isNumber(input.value)) {
        point(Number(input.value));
        tip.hidden = true;
    } else {
        cursor.setAttribute("visibility", "hidden");
    }
});

// A finger is too broad for a square: it chooses, and the link beside the number leads on.
map.addEventListener("click", (event) => {
    const vlan = vlanAt(event);
    if (vlan === null) {
        return;
    }
    tell(vlan);
    if (event.pointerType === "mouse" && urlOf(vlan)) {
        window.location.assign(urlOf(vlan));
    }
});

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -ROW, ArrowDown: ROW };
map.addEventListener("keydown", (event) => {
    const vlan = isNumber(input.value) ? Number(input.value) : null;
    if (event.key in STEPS) {
        event.preventDefault();
        const next = vlan === null ? 0 : vlan + STEPS[event.key];
        if (next >= 0 && next < ROW * ROW) {
            tell(next);
        }
    } else if (event.key === "Enter" && vlan !== null && urlOf(vlan)) {
        window.location.assign(urlOf(vlan));
    }
});

input.addEventListener("input", () => {
    if (isNumber(input.value)) {
        tell(Number(input.value));
    } else {
        told.textContent = "A VLAN is a number from 0 to 4095.";
        tip.hidden = true;
        cursor.setAttribute("visibility", "hidden");
    }
});
