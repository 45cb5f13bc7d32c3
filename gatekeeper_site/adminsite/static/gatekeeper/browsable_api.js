// A page that answers a form is reloaded as what came of it, and not by sending the form again.
(function () {
    "use strict";
    const page = document.currentScript.dataset;
    if (page.method === "POST") {
        history.replaceState(null, "", page.created || location.href);
    }
})();
