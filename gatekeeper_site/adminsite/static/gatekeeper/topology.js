// The drawing of a service: zoom, print, and forwarding paths that are stepped through.
(() => {
    "use strict";

    const ZOOMS = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 3];

    function zoom(view, svg) {
        const natural = svg.viewBox.baseVal.width;
        let factor = 1;
        const show = (wanted) => {
            factor = wanted;
            svg.setAttribute("width", Math.round(natural * factor));
            svg.removeAttribute("height");
            view.querySelector("[data-zoomed]").textContent = `${Math.round(factor * 100)} %`;
        };
        const next = (larger) => {
            const found = larger
                ? ZOOMS.find((each) => each > factor + 0.01)
                : ZOOMS.findLast((each) => each < factor - 0.01);
            if (found) show(found);
        };
        view.querySelector("[data-zoom=out]").addEventListener("click", () => next(false));
        view.querySelector("[data-zoom=in]").addEventListener("click", () => next(true));
        view.querySelector("[data-zoom=fit]").addEventListener("click", () => {
            show(Math.min(1, (svg.parentElement.clientWidth / natural) * 0.97));
        });
        view.querySelector("[data-print]").addEventListener("click", () => window.print());
        const fit = svg.parentElement.clientWidth / natural;
        show(fit < 1 && fit > 0.7 ? fit * 0.97 : 1);
    }

    function steps(view, svg) {
        const paths = JSON.parse(document.getElementById("topology-paths").textContent);
        const choice = view.querySelector("[data-path]");
        if (!choice) return;
        const said = view.querySelector("[data-step-said]");
        const lists = [...view.querySelectorAll("[data-steps]")];
        let step = -1;

        const marked = (kind, name) => svg.querySelector(`[data-${kind}="${name}"]`);

        function show() {
            for (const each of svg.querySelectorAll(".on-path, .at-step")) {
                each.classList.remove("on-path", "at-step");
            }
            const number = choice.value;
            const path = paths[number];
            lists.forEach((list) => {
                [...list.children].forEach((item, position) => {
                    const isNow = list.dataset.steps === number && position === step;
                    if (isNow) item.setAttribute("aria-current", "step");
                    else item.removeAttribute("aria-current");
                });
            });
            if (!path) {
                said.textContent = "No path is shown.";
                return;
            }
            path.steps.forEach((each, position) => {
                const places = [each.end && marked("end", each.end)];
                if (each.link !== null) places.push(marked("link", each.link));
                for (const place of places.filter(Boolean)) {
                    place.classList.add("on-path");
                    if (position === step) place.classList.add("at-step");
                }
            });
            if (step < 0) {
                said.textContent = `${path.steps.length} steps.`;
                return;
            }
            const now = path.steps[step];
            said.textContent = `Step ${step + 1} of ${path.steps.length}: ${now.said}`;
            const place = now.end && marked("end", now.end);
            if (place) place.scrollIntoView({ block: "nearest", inline: "center" });
        }

        function go(by) {
            if (!paths[choice.value]) choice.value = "0";
            const last = paths[choice.value].steps.length - 1;
            step = Math.max(0, Math.min(last, step + by));
            show();
        }

        choice.addEventListener("change", () => {
            step = -1;
            show();
        });
        view.querySelector("[data-step=next]").addEventListener("click", () => go(1));
        view.querySelector("[data-step=previous]").addEventListener("click", () => go(-1));
        show();
    }

    document.addEventListener("DOMContentLoaded", () => {
        const view = document.getElementById("topology-view");
        const svg = document.getElementById("topology");
        if (!view || !svg) return;
        zoom(view, svg);
        steps(view, svg);
    });
})();
