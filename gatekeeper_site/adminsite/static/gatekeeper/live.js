// Parts of pages that stay fresh, times that tell how long ago they were, and ids that are copied.
//
// An element with data-live (an address; data-live-seconds: how often, 7 unless said) is fetched
// again while its page is looked at, with If-None-Match, and changed in place: what has the focus, is
// unfolded, scrolled, typed or has data-live-keep stays. A part that holds an element with
// data-live-ended is fetched no more. An element with data-live-say is read out when its text
// changes. After a change, "gatekeeper:fresh" is sent to the part. The server's side: live.py.
(() => {
    "use strict";

    const ANSWER_SECONDS = 10;
    const MOST_SECONDS = 60;
    const parts = [];
    let note;

    const seconds = (part) =>
        Math.min(MOST_SECONDS, part.every * 2 ** Math.min(part.failures, 5));

    function later(part) {
        clearTimeout(part.timer);
        if (part.ended || document.hidden) return;
        part.timer = setTimeout(() => refresh(part), seconds(part) * 1000);
    }

    async function refresh(part) {
        part.startedAt = Date.now();
        try {
            take(part, await fetch(part.element.dataset.live, {
                headers: part.tag ? { "If-None-Match": part.tag } : {},
                redirect: "manual",
                signal: AbortSignal.timeout(ANSWER_SECONDS * 1000),
            }).then(async (answer) => ({ answer, text: answer.ok ? await answer.text() : "" })));
        } catch {
            part.failures += 1;
            part.fault = "the server does not answer. It is asked again.";
        }
        show();
        later(part);
    }

    function take(part, { answer, text }) {
        if (answer.ok || answer.status === 304) {
            part.failures = 0;
            part.fault = "";
            part.freshAt = new Date();
            if (answer.ok) change(part, text, answer.headers.get("ETag"));
        } else if (answer.type === "opaqueredirect" || answer.status === 401) {
            part.fault = "login";
            part.ended = true;
        } else if (answer.status === 403 || answer.status === 404) {
            part.fault = "it is not there any more, or not yours to see.";
            part.ended = true;
        } else {
            part.failures += 1;
            part.fault = `the server answers ${answer.status}. It is asked again.`;
        }
    }

    function change(part, text, tag) {
        const { element } = part;
        part.tag = tag;
        const said = sayings(element);
        const hadFocus = element.contains(document.activeElement);
        Idiomorph.morph(element, text, {
            morphStyle: "innerHTML",
            ignoreActiveValue: true,
            callbacks: {
                beforeNodeMorphed: (node) => !isKept(node),
                beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS"),
            },
        });
        if (hadFocus && !element.contains(document.activeElement)) {
            // What had it is gone: whoever uses the keyboard goes on from here.
            element.tabIndex = -1;
            element.focus({ preventScroll: true });
        }
        part.ended = element.querySelector("[data-live-ended]") !== null;
        const news = sayings(element).filter((words) => !said.includes(words));
        if (news.length) say(news.join(". "));
        age();
        element.dispatchEvent(new CustomEvent("gatekeeper:fresh", { bubbles: true }));
    }

    function isKept(node) {
        if (!(node instanceof Element)) return false;
        if (node.matches("input, textarea")) {
            return node.value !== node.defaultValue || node.checked !== node.defaultChecked;
        }
        return "liveKeep" in node.dataset || node.tagName === "SELECT";
    }

    const sayings = (element) =>
        [...element.querySelectorAll("[data-live-say]")].map((each) => each.textContent.trim());

    // What is said to those who do not see it; quiet otherwise.
    function say(words) {
        note.spoken.textContent = words;
    }

    // One line for all parts, while one is not up to date.
    function show() {
        const part = parts.find((each) => each.fault);
        if (!part) {
            note.shown.hidden = true;
            note.shown.textContent = "";
            return;
        }
        if (note.shown.dataset.fault === part.fault && !note.shown.hidden) return;
        note.shown.dataset.fault = part.fault;
        note.shown.hidden = false;
        if (part.fault === "login") {
            const link = document.createElement("a");
            link.href = `/admin/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
            link.textContent = "Log in";
            note.shown.replaceChildren("Not up to date: you are not logged in any more. ", link);
        } else {
            const since = part.freshAt.toISOString().slice(11, 19);
            note.shown.textContent = `Not up to date since ${since} UTC: ${part.fault}`;
        }
    }

    // As html.py's ago() says it.
    const UNITS = [["s", 60], ["min", 60], ["h", 24], ["d", Infinity]];

    function ago(milliseconds) {
        let number = Math.floor(Math.abs(milliseconds) / 1000);
        for (const [unit, size] of UNITS) {
            if (number < size) return milliseconds < 0 ? `in ${number} ${unit}` : `${number} ${unit} ago`;
            number = Math.floor(number / size);
        }
        return "";
    }

    function age() {
        for (const words of document.querySelectorAll("time > .gatekeeper-ago")) {
            const text = ago(Date.now() - Date.parse(words.parentElement.dateTime));
            if (words.textContent !== text) words.textContent = text;
        }
    }

    async function copy(button) {
        const { copyOf } = button.dataset;
        const text = copyOf ? document.getElementById(copyOf).value : button.dataset.copy;
        try {
            await navigator.clipboard.writeText(text);
        } catch {
            // Without TLS browsers have no clipboard, but the old command.
            const area = document.createElement("textarea");
            area.value = text;
            document.body.append(area);
            area.select();
            document.execCommand("copy");
            area.remove();
            button.focus();
        }
        say(copyOf ? "It is copied." : `${text} is copied.`);
        button.classList.add("copied");
        setTimeout(() => button.classList.remove("copied"), 1500);
    }

    function region(name) {
        const element = document.createElement("div");
        element.className = name;
        element.setAttribute("role", "status");
        (document.getElementById("main") || document.body).append(element);
        return element;
    }

    document.addEventListener("click", (event) => {
        const button = event.target.closest?.("[data-copy], [data-copy-of]");
        if (!button) return;
        event.preventDefault();
        copy(button);
    });

    document.addEventListener("visibilitychange", () => {
        for (const part of parts) {
            if (document.hidden) clearTimeout(part.timer);
            else if (!part.ended && Date.now() - part.startedAt >= part.every * 1000) refresh(part);
            else later(part);
        }
        if (!document.hidden) age();
    });

    document.addEventListener("DOMContentLoaded", () => {
        note = { shown: region("gatekeeper-live-note"), spoken: region("gatekeeper-spoken") };
        note.shown.hidden = true;
        for (const element of document.querySelectorAll("[data-live]")) {
            const part = { element, every: Number(element.dataset.liveSeconds) || 7, tag: null };
            part.ended = element.querySelector("[data-live-ended]") !== null;
            Object.assign(part, { failures: 0, fault: "", freshAt: new Date(), startedAt: Date.now() });
            parts.push(part);
            later(part);
        }
        age();
        setInterval(() => document.hidden || age(), 5000);
    });
})();
