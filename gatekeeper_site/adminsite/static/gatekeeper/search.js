// The search of every page: a combo box in a dialog, opened by Ctrl+K or its button.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const dialog = document.getElementById("gatekeeper-search");
    if (!dialog) {
        return;
    }
    const input = dialog.querySelector("input");
    const found = dialog.querySelector("[role=listbox]");
    const note = dialog.querySelector("[role=status]");
    const PAUSE_MILLISECONDS = 200;
    let timer = null;
    let asked = null;
    let shownTerm = "";

    const options = () => [...found.querySelectorAll("[role=option]")];
    const chosen = () => found.querySelector("[aria-selected=true]");

    function choose(option) {
        chosen()?.setAttribute("aria-selected", "false");
        option?.setAttribute("aria-selected", "true");
        option?.scrollIntoView({ block: "nearest" });
        if (option) {
            input.setAttribute("aria-activedescendant", option.id);
        } else {
            input.removeAttribute("aria-activedescendant");
        }
    }

    function step(by) {
        const all = options();
        if (all.length) {
            const at = all.indexOf(chosen());
            choose(all[at < 0 && by < 0 ? all.length - 1 : (at + by + all.length) % all.length]);
        }
    }

    function show(html, text) {
        found.innerHTML = html;
        input.setAttribute("aria-expanded", String(options().length > 0));
        choose(options()[0]);
        note.textContent = text;
    }

    async function search() {
        const term = input.value.trim();
        asked?.abort();
        shownTerm = term;
        if (!term) {
            show("", "Arrows choose, Enter opens, Esc closes.");
            return;
        }
        asked = new AbortController();
        const address = new URL(input.form.action);
        address.search = new URLSearchParams({ s: term, part: "1" });
        try {
            const answer = await fetch(address, { signal: asked.signal });
            if (answer.redirected) {
                // The session has ended; the page leads to the login and back.
                location.reload();
                return;
            }
            if (!answer.ok) {
                throw new Error(`status ${answer.status}`);
            }
            show(await answer.text(), "");
            const count = options().length;
            note.textContent = count ? `${count} found` : `Nothing is called “${term}”.`;
        } catch (error) {
            if (error.name !== "AbortError") {
                show("", `The search does not work now (${error.message}).`);
            }
        }
    }

    function open() {
        if (!dialog.open) {
            dialog.showModal();
        }
        input.select();
    }

    document.addEventListener("keydown", (event) => {
        if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
            event.preventDefault();
            open();
        }
    });
    document.querySelectorAll("[data-opens-search]").forEach((button) => button.addEventListener("click", open));
    dialog.addEventListener("click", (event) => {
        if (event.target === dialog) {
            dialog.close();
        }
    });
    input.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(search, PAUSE_MILLISECONDS);
    });
    input.addEventListener("keydown", (event) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            step(event.key === "ArrowDown" ? 1 : -1);
        } else if (event.key === "Escape") {
            // The field would only be emptied.
            event.preventDefault();
            dialog.close();
        }
    });
    input.form.addEventListener("submit", (event) => {
        // What is shown may be of a term before; then the page of the search answers.
        if (chosen() && shownTerm === input.value.trim()) {
            event.preventDefault();
            location.assign(chosen().href);
        }
    });
});
