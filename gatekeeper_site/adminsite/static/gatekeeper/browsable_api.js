// A page that answers a form is reloaded as what came of it, and not by sending the form again.
(function () {
    "use strict";
    const page = document.currentScript.dataset;
    // What is done to an object is told on a page of its own, which is none to be read.
    const deed = /\/(cancel|retry|give-up|clean-up|callbacks\/[^/]+\/redeliver)$/;
    if (page.method === "POST") {
        history.replaceState(null, "", page.created || location.pathname.replace(deed, ""));
    }
})();

// What the framework's page leaves unsaid to those who do not see it.
(function () {
    "use strict";
    document.documentElement.lang = "en";
    for (const inner of document.querySelectorAll("[role=main] [role=main]")) {
        inner.removeAttribute("role");
    }
    for (const group of document.querySelectorAll(".form-group")) {
        const label = group.querySelector("label");
        for (const field of group.querySelectorAll("input, select, textarea")) {
            if (label && !field.labels.length) {
                field.setAttribute("aria-label", label.textContent.trim());
            }
        }
    }
    for (const button of document.querySelectorAll("button.dropdown-toggle")) {
        button.setAttribute("aria-label", button.title || button.dataset.originalTitle);
    }
    const crumbs = document.querySelector("ul.breadcrumb");
    if (crumbs) {
        const nav = document.createElement("nav");
        nav.setAttribute("aria-label", "Breadcrumbs");
        crumbs.replaceWith(nav);
        nav.append(crumbs);
    }
})();
