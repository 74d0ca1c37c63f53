// Small comforts on every page. Pages work without them; a tab remembers only whether names are hidden in it, and until
// it closes. This stands in the head without waiting for the page, so that no name is drawn before it is blurred.
(function () {
  "use strict";
  const root = document.documentElement;

  // A browser may refuse a page its memory; then hiding names ends with the page.
  function remembered() {
    try { return sessionStorage.getItem("blur") === "on"; } catch { return false; }
  }
  function remember(on) {
    try { if (on) { sessionStorage.setItem("blur", "on"); } else { sessionStorage.removeItem("blur"); } } catch { /* not kept */ }
  }

  root.toggleAttribute("data-blur", remembered());

  function sayBlur() {
    const on = String(root.hasAttribute("data-blur"));
    document.querySelectorAll('[data-toggle="blur"]').forEach((button) => button.setAttribute("aria-pressed", on));
  }

  function blurNames() {
    remember(root.toggleAttribute("data-blur"));
    sayBlur();
  }

  // The colour changes at once; the server hears of it and remembers it in the session.
  function chooseTheme(button) {
    const form = button.form;
    const data = new FormData(form);
    data.set(button.name, button.value);
    if (button.value === "auto") { root.removeAttribute("data-theme"); } else { root.dataset.theme = button.value; }
    form.querySelectorAll("button").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    fetch(form.action, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-toggle="blur"]')) { blurNames(); }
    const theme = event.target.closest("[data-theme-form] button");
    if (theme) { event.preventDefault(); chooseTheme(theme); }
    if (event.target.closest("[data-print]")) { window.print(); }
    const dismissed = event.target.closest("[data-dismiss]");
    if (dismissed) { dismissed.closest(".toast, .notice").remove(); }
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "F9") { event.preventDefault(); blurNames(); }
    if (event.key !== "Escape") { return; }
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // A row of pages that goes on beyond a narrow screen shows where one is.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".rail, .side-nav").forEach((row) => {
      const here = row.querySelector("[aria-current]");
      if (!here || row.scrollWidth <= row.clientWidth) { return; }
      const [own, whole] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
      row.scrollLeft += own.left - whole.left - (whole.width - own.width) / 2;
    });
  });

  // One open explanation at a time keeps the page calm.
  document.addEventListener("toggle", (event) => {
    const opened = event.target;
    if (!opened.open || !opened.classList || !opened.classList.contains("why")) { return; }
    document.querySelectorAll("details.why[open]").forEach((other) => { if (other !== opened) { other.open = false; } });
  }, true);

  // A second press on a button must not send a form twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("data-again")) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    if (event.submitter) { event.submitter.setAttribute("aria-busy", "true"); }
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
    document.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute("aria-busy"));
  });

  // On a phone each row of a wide table becomes a block with the columns' names beside its values. Said to the browser
  // as a table still, since a block that is drawn as a list is not read out as a table.
  function stackTables() {
    document.querySelectorAll(".table:not(.table--small):not(.table--stacks)").forEach((table) => {
      const names = [...table.querySelectorAll("thead tr > *")].map((head) => head.textContent.trim());
      if (names.length < 3) { return; }
      table.setAttribute("role", "table");
      table.querySelectorAll("thead, tbody").forEach((part) => part.setAttribute("role", "rowgroup"));
      table.querySelectorAll("tr").forEach((row) => row.setAttribute("role", "row"));
      table.querySelectorAll("thead th").forEach((head) => head.setAttribute("role", "columnheader"));
      table.querySelectorAll("tbody tr").forEach((row) => {
        [...row.cells].forEach((cell, number) => {
          cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
          if (cell.tagName === "TD" && names[number]) { cell.dataset.label = names[number]; }
        });
      });
      table.classList.add("table--stacks");
    });
  }

  // What was revealed has the focus while it stands there, so that it is read out; its button has it again afterwards.
  function showForAMoment(shown) {
    shown.dataset.timed = "yes";
    shown.focus();
    setTimeout(() => {
      const place = shown.closest("[data-reveal]");
      const alone = shown.contains(document.activeElement);
      shown.remove();
      if (place && alone) { place.querySelector("button").focus(); }
    }, Number(shown.dataset.hideAfter) * 1000);
  }

  // On a narrow screen the letters in a drawing are too small to read: its numbers stand open there. The weeks of my day
  // stay folded, since its tasks stand under them.
  function openNumbers() {
    if (!matchMedia("(max-width: 40rem)").matches) { return; }
    document.querySelectorAll(".figure:not(.horizon) .as-table:not([data-met])").forEach((numbers) => {
      numbers.dataset.met = "yes";
      numbers.open = true;
    });
  }

  // On a phone a dossier's tabs are one row that scrolls: the tab one is on stands in sight.
  function showTab() {
    const tab = document.querySelector(".side-nav [aria-current]");
    if (!tab) { return; }
    const row = tab.closest(".side-nav"), place = tab.getBoundingClientRect(), around = row.getBoundingClientRect();
    row.scrollLeft += place.left + place.width / 2 - around.left - around.width / 2;
  }

  function attend() {
    stackTables();
    openNumbers();
    sayBlur();
    const summary = document.querySelector(".error-summary[data-focus]");
    if (summary) { summary.removeAttribute("data-focus"); summary.focus(); }
    document.querySelectorAll("[data-hide-after]:not([data-timed])").forEach(showForAMoment);
    document.querySelectorAll("[data-needs-script]").forEach((part) => { part.hidden = false; });
  }
  document.addEventListener("DOMContentLoaded", () => { attend(); showTab(); });
  document.addEventListener("htmx:after:swap", attend);
}());
