// Before anything is drawn: light, dark, or as the system has it.
document.body.dataset.theme = localStorage.getItem("theme") || "auto";
