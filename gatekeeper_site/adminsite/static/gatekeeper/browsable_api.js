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
