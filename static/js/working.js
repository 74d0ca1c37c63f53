// At the desk: j and k move through a list with its reading pane, and a draft saves itself.
(function () {
  "use strict";

  function step(distance) {
    const links = Array.from(document.querySelectorAll(".split .row > a"));
    if (!links.length) { return; }
    const at = links.findIndex((link) => link.getAttribute("aria-current") === "true");
    const next = links[Math.min(links.length - 1, Math.max(0, at + distance))];
    next.focus();
    next.click();
  }

  document.addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (busy || document.documentElement.dataset.shortcuts === "off" || document.querySelector("dialog[open]")) { return; }
    if (event.key === "j") { step(1); }
    if (event.key === "k") { step(-1); }
  });

  // The chosen row is marked at once; the pane follows when the server has answered.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".split .row > a[data-hx-get]");
    if (!link) { return; }
    const split = link.closest(".split");
    split.querySelectorAll(".row[data-current]").forEach((row) => {
      row.removeAttribute("data-current");
      row.querySelector("a").removeAttribute("aria-current");
    });
    link.setAttribute("aria-current", "true");
    link.closest(".row").setAttribute("data-current", "");
    split.classList.add("split--chosen");
  });

  document.addEventListener("click", (event) => {
    const back = event.target.closest("[data-pane-back]");
    if (!back) { return; }
    event.preventDefault();
    const split = back.closest(".split");
    split.classList.remove("split--chosen");
    const chosen = split.querySelector(".row[data-current] > a");
    if (chosen) { chosen.focus(); }
  });

  // A form with data-draft="address" sends itself there while one types, and says when it was kept.
  let timer = 0;
  function keep(form) {
    const state = form.querySelector("[data-draft-state]");
    const options = { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } };
    fetch(form.dataset.draft, options).then((answer) => {
      if (state) { state.textContent = answer.ok ? state.dataset.kept : state.dataset.failed; }
    }).catch(() => { if (state) { state.textContent = state.dataset.failed; } });
  }
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-draft]");
    if (!form) { return; }
    clearTimeout(timer);
    timer = setTimeout(() => keep(form), 1200);
  });
}());
