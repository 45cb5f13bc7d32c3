// What the theme's pages lack for the keyboard and for screen readers.
"use strict";

(() => {
    // What can be clicked is reached by Tab and worked by Enter and Space.
    const CLICKABLE = "[x-on\\:click]:not(a[href], button, input, select, textarea, summary, label)";
    // Of icons that stand alone; the others say their own name ("filter_list").
    const ICON_NAMES = { arrow_back: "Back", close: "Close", dock_to_right: "Sidebar" };

    function nameIcon(icon) {
        const worked = icon.closest("a[href], button, [role=button]");
        const name = icon.textContent.trim();
        if (worked !== icon) {
            icon.setAttribute("aria-hidden", "true");
        }
        if (worked && !worked.title && worked.textContent.trim() === name) {
            worked.setAttribute("aria-label", ICON_NAMES[name] ?? name.replaceAll("_", " "));
        }
    }

    function mend(root) {
        for (const element of root.querySelectorAll(CLICKABLE)) {
            if (element.textContent.trim()) {
                element.setAttribute("role", "button");
                element.tabIndex = 0;
            }
        }
        root.querySelectorAll(".material-symbols-outlined").forEach(nameIcon);
        root.querySelectorAll("[role=region][aria-label='scrollable content']").forEach((region, index) =>
            region.setAttribute("aria-label", `scrollable content ${index + 1}`));
    }

    document.addEventListener("DOMContentLoaded", () => {
        mend(document);
    });
    window.addEventListener("load", () => mend(document));
    document.addEventListener("htmx:afterSwap", () => mend(document));
    document.addEventListener("gatekeeper:fresh", () => mend(document));
    document.addEventListener("keydown", (event) => {
        if ((event.key === "Enter" || event.key === " ") && event.target.matches?.(CLICKABLE)) {
            event.preventDefault();
            event.target.click();
        }
    });
})();
