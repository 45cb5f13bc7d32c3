// The map of a VLAN pool: draws the grid, tells what a place is, chooses places, and leads on.
//
// What it tells is in #vlan-data, which live.js keeps fresh. What is chosen is the text of
// #vlan-chosen, as ranges; the form around it sends it where it is allocated or released.
(() => {
    "use strict";

    const ROW = 64;
    const PAGE = 8 * ROW;
    const LAST = ROW * ROW - 1;
    const SHOWN_MATCHES = 20;
    const $ = (id) => document.getElementById(id);
    const map = $("vlan-map");
    const tip = $("vlan-tip");
    const search = $("vlan-search");
    const found = $("vlan-found");
    const field = $("vlan-chosen");
    const told = $("vlan-told");
    const allocate = $("vlan-allocate");
    const release = $("vlan-release");

    const cells = [];
    const kindOf = new Array(ROW * ROW).fill("free");
    let gatewayOf = new Map();
    let gatewayList = "";
    let chosen = new Set();
    let matches = [];
    // Where the cursor is, and where the range began that Shift extends.
    let here = 0;
    let anchor = 0;

    // VLANs as ranges, as the server reads and writes them (vlan_pool.py).

    function parse(text) {
        const vlans = new Set();
        for (const part of text === "" ? [] : text.split(",")) {
            const range = /^0*(\d{1,4})(?:-0*(\d{1,4}))?$/.exec(part);
            if (!range) return null;
            const low = Number(range[1]);
            const high = Number(range[2] ?? range[1]);
            if (low > high || high > LAST) return null;
            for (let vlan = low; vlan <= high; vlan += 1) vlans.add(vlan);
        }
        return vlans;
    }

    function format(vlans) {
        const sorted = [...vlans].sort((one, other) => one - other);
        const parts = [];
        for (let index = 0; index < sorted.length; index += 1) {
            const low = sorted[index];
            while (sorted[index + 1] === sorted[index] + 1) index += 1;
            parts.push(low === sorted[index] ? `${low}` : `${low}-${sorted[index]}`);
        }
        return parts.join(",");
    }

    // What there is

    function draw() {
        const rows = document.createDocumentFragment();
        for (let first = 0; first <= LAST; first += ROW) {
            const row = document.createElement("div");
            row.setAttribute("role", "row");
            row.setAttribute("aria-label", `VLANs ${first} to ${first + ROW - 1}`);
            if (first % PAGE === 0) row.dataset.first = first;
            for (let vlan = first; vlan < first + ROW; vlan += 1) {
                const cell = document.createElement("div");
                cell.setAttribute("role", "gridcell");
                cell.setAttribute("aria-selected", "false");
                cell.id = `vlan-${vlan}`;
                cell.dataset.vlan = vlan;
                cells.push(cell);
                row.append(cell);
            }
            rows.append(row);
        }
        map.append(rows);
    }

    // Only what has changed is touched.
    function read() {
        const data = JSON.parse($("vlan-data").textContent);
        gatewayList = data.gateway_list;
        gatewayOf = new Map(data.gateways.map((row) => [row[0], row]));
        for (const [kind, ranges] of Object.entries(data.kinds)) {
            for (const vlan of parse(ranges)) kindOf[vlan] = kind;
        }
        cells.forEach((cell, vlan) => {
            if (cell.dataset.kind !== kindOf[vlan]) cell.dataset.kind = kindOf[vlan];
            const label = describe(vlan);
            if (cell.ariaLabel !== label) cell.setAttribute("aria-label", label);
        });
        mark();
        tell();
    }

    function describe(vlan) {
        const gateway = gatewayOf.get(vlan);
        if (!gateway) return `VLAN ${vlan}: ${kindOf[vlan]}`;
        const [, id, name] = gateway;
        return `VLAN ${vlan}: allocated to ${id ? name || id : "a gateway of another tenant"}`;
    }

    function urlOf(vlan) {
        const id = gatewayOf.get(vlan)?.[1];
        return id ? `${gatewayList}${id}/change/` : null;
    }

    const hasOwn = (vlan) => Boolean(gatewayOf.get(vlan)?.[1]);

    // What is chosen

    function choose(vlans) {
        for (const vlan of chosen) if (!vlans.has(vlan)) cells[vlan].setAttribute("aria-selected", "false");
        for (const vlan of vlans) if (!chosen.has(vlan)) cells[vlan].setAttribute("aria-selected", "true");
        chosen = vlans;
        field.removeAttribute("aria-invalid");
        tell();
    }

    function tell() {
        const vlans = [...chosen];
        const free = vlans.filter((vlan) => kindOf[vlan] === "free").length;
        const own = vlans.filter(hasOwn).length;
        if (allocate) allocate.disabled = free === 0;
        if (release) release.disabled = own === 0;
        if (vlans.length === 0) {
            told.textContent = "One or several, as ranges; or a place in the map.";
        } else if (vlans.length === 1) {
            told.textContent = describe(vlans[0]);
            const url = urlOf(vlans[0]);
            if (url) {
                const link = document.createElement("a");
                link.href = url;
                link.className = "text-link";
                link.textContent = "Open the gateway";
                told.append(" – ", link);
            }
        } else {
            const taken = vlans.filter((vlan) => gatewayOf.has(vlan)).length;
            const others = vlans.length - free - taken;
            told.textContent = `${vlans.length} VLANs: ${free} free, ${taken} allocated, ${others} restricted or reserved`;
        }
    }

    // Move to a place, and choose it; or, from where the range began, all up to it.
    function move(vlan, { extend = false, focus = true } = {}) {
        go(vlan);
        if (!extend) anchor = vlan;
        const [low, high] = anchor < vlan ? [anchor, vlan] : [vlan, anchor];
        const vlans = new Set();
        for (let each = low; each <= high; each += 1) vlans.add(each);
        choose(vlans);
        field.value = format(vlans);
        if (focus) {
            map.focus({ preventScroll: true });
            cells[here].scrollIntoView({ block: "nearest" });
        }
    }

    // The grid has the focus, and says which of its places is meant.
    function go(vlan) {
        cells[here].classList.remove("here");
        here = vlan;
        cells[here].classList.add("here");
        map.setAttribute("aria-activedescendant", cells[here].id);
        if (document.activeElement === map) point(cells[here]);
    }

    // What is searched for

    function mark() {
        const text = search.value.trim().toLowerCase();
        const before = matches;
        const vlans = /^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text) ? parse(text) : null;
        if (text === "") {
            matches = [];
        } else if (vlans) {
            matches = [...vlans];
        } else {
            matches = [...gatewayOf.values()]
                .filter(([, id, name]) => id && (name.toLowerCase().includes(text) || id.startsWith(text)))
                .map(([vlan]) => vlan);
        }
        for (const vlan of before) cells[vlan].classList.remove("found");
        for (const vlan of matches) cells[vlan].classList.add("found");
        const words = saying(text, vlans);
        if (found.textContent !== words) found.textContent = words;
    }

    function saying(text, vlans) {
        if (text === "") return "";
        if (vlans && matches.length === 1) return `${describe(matches[0])}. Enter goes there.`;
        if (matches.length === 0) return "No VLAN, and no gateway of this interface, is called so.";
        const shown = matches.slice(0, SHOWN_MATCHES);
        const more = matches.length > shown.length ? ` and ${matches.length - shown.length} more` : "";
        const noun = vlans ? "VLANs" : matches.length === 1 ? "gateway, on VLAN" : "gateways, on VLANs";
        return `${matches.length} ${noun} ${format(shown)}${more}. Enter goes there.`;
    }

    search.addEventListener("input", mark);
    search.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        if (matches.length === 0) return;
        move(matches.find((vlan) => vlan > here) ?? matches[0]);
    });

    field.addEventListener("input", () => {
        const vlans = parse(field.value.trim());
        if (!vlans) {
            choose(new Set());
            field.setAttribute("aria-invalid", "true");
            told.textContent = "Numbers from 0 to 4095 and ranges, such as 1026-1030,2000.";
        } else {
            if (vlans.size) {
                anchor = Math.min(...vlans);
                go(anchor);
            }
            choose(vlans);
        }
    });
    field.addEventListener("keydown", (event) => {
        // What it does would be a guess: there are two buttons.
        if (event.key === "Enter") event.preventDefault();
    });

    // By keyboard

    const rowOf = (vlan) => vlan - (vlan % ROW);

    function target(event) {
        const whole = event.ctrlKey || event.metaKey;
        switch (event.key) {
            case "ArrowLeft": return here - 1;
            case "ArrowRight": return here + 1;
            case "ArrowUp": return here - ROW;
            case "ArrowDown": return here + ROW;
            case "Home": return whole ? 0 : rowOf(here);
            case "End": return whole ? LAST : rowOf(here) + ROW - 1;
            case "PageUp": return Math.max(here - PAGE, here % ROW);
            case "PageDown": return Math.min(here + PAGE, LAST - ROW + 1 + (here % ROW));
            default: return null;
        }
    }

    map.addEventListener("keydown", (event) => {
        if (event.altKey) return;
        const next = target(event);
        if (next !== null) {
            event.preventDefault();
            if (next >= 0 && next <= LAST) move(next, { extend: event.shiftKey });
        } else if (event.key === "Enter") {
            event.preventDefault();
            if (chosen.size === 1 && urlOf(here)) location.assign(urlOf(here));
            else if (allocate && !allocate.disabled) allocate.click();
        } else if (event.key === "Delete" && release && !release.disabled) {
            event.preventDefault();
            release.click();
        }
    });

    map.addEventListener("focus", () => {
        if (chosen.size === 0) move(here, { focus: false });
        point(cells[here]);
    });
    map.addEventListener("blur", () => { tip.hidden = true; });

    // By pointer: a click chooses, a drag with the mouse chooses a range. A finger scrolls.

    let isDragged = false;

    map.addEventListener("pointerdown", (event) => {
        const vlan = event.target.dataset?.vlan;
        if (vlan === undefined || event.pointerType !== "mouse" || event.button !== 0) return;
        event.preventDefault();
        isDragged = true;
        move(Number(vlan), { extend: event.shiftKey });
    });
    map.addEventListener("pointerover", (event) => {
        const vlan = event.target.dataset?.vlan;
        if (vlan === undefined) return;
        point(event.target);
        if (isDragged && Number(vlan) !== here) move(Number(vlan), { extend: true });
    });
    document.addEventListener("pointerup", () => { isDragged = false; });
    map.addEventListener("pointerleave", () => { tip.hidden = true; });
    map.addEventListener("click", (event) => {
        const vlan = event.target.dataset?.vlan;
        if (vlan !== undefined && event.pointerType !== "mouse") move(Number(vlan));
    });
    map.addEventListener("dblclick", (event) => {
        const vlan = event.target.dataset?.vlan;
        if (vlan !== undefined && urlOf(Number(vlan))) location.assign(urlOf(Number(vlan)));
    });

    function point(cell) {
        tip.textContent = describe(Number(cell.dataset.vlan));
        tip.hidden = false;
        const frame = tip.offsetParent.getBoundingClientRect();
        const box = cell.getBoundingClientRect();
        const left = box.left - frame.left + box.width / 2 - tip.offsetWidth / 2;
        const above = box.top - frame.top - tip.offsetHeight - 6;
        tip.style.left = `${Math.max(0, Math.min(left, frame.width - tip.offsetWidth))}px`;
        tip.style.top = `${above < 0 ? box.bottom - frame.top + 6 : above}px`;
    }

    // Begin; whoever comes back from a form goes on where he was.

    draw();
    read();
    go(here);
    $("vlan-part").addEventListener("gatekeeper:fresh", read);
    const [, back] = /^#vlans=([\d,-]+)$/.exec(location.hash) ?? [];
    const vlans = back ? parse(back) : null;
    if (vlans?.size) {
        move(Math.min(...vlans));
        choose(vlans);
        field.value = back;
    } else {
        tell();
    }
})();
