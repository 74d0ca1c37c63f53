// The palette (Ctrl K) and the letters: g and a letter to go, n for new, j and k through a list.
(function () {
  "use strict";
  const dialog = document.getElementById("palette");
  if (!dialog) { return; }
  const input = dialog.querySelector("#palette-input");
  let waitingForLetter = false;

  const rows = () => Array.from(dialog.querySelectorAll("[data-palette-row]")).filter((row) => !row.hidden);
  const current = () => dialog.querySelector("[data-palette-row][data-current]");

  function mark(row) {
    const before = current();
    if (before) { before.removeAttribute("data-current"); }
    if (row) { row.setAttribute("data-current", ""); row.scrollIntoView({ block: "nearest" }); }
  }

  function narrow() {
    const wanted = input.value.trim().toLowerCase();
    const pages = Array.from(dialog.querySelectorAll("[data-palette-list] [data-palette-row]"));
    pages.forEach((row) => { row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted); });
    const none = pages.every((row) => row.hidden);
    dialog.querySelector("[data-palette-pages]").hidden = none;
    // Where a page answers, "nothing found" is not true of what one sees.
    dialog.querySelectorAll("[data-palette-nothing]").forEach((said) => { said.hidden = !none; });
    mark(rows()[0]);
  }

  function step(distance) {
    const all = rows();
    if (all.length) { mark(all[(all.indexOf(current()) + distance + all.length) % all.length]); }
  }

  function open() {
    if (!dialog.open) { dialog.showModal(); input.select(); narrow(); }
  }

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  function letter(event) {
    const key = event.key.toLowerCase();
    if (waitingForLetter) {
      waitingForLetter = false;
      const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
    } else if (key === "g") {
      waitingForLetter = true;
      setTimeout(() => { waitingForLetter = false; }, 1500);
    } else {
      const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (target) { event.preventDefault(); target.click(); target.focus(); }
    }
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open(); return; }
    const off = document.documentElement.dataset.shortcuts === "off";
    if (off || dialog.open || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    letter(event);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette-open]")) { event.preventDefault(); open(); }
    if (event.target === dialog) { dialog.close(); }
  });

  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => {
    // A search field that holds text would only be emptied; the foot promises that the palette closes.
    if (event.key === "Escape") { event.preventDefault(); dialog.close(); }
    if (event.key === "ArrowDown") { event.preventDefault(); step(1); }
    if (event.key === "ArrowUp") { event.preventDefault(); step(-1); }
    const row = current();
    if (event.key === "Enter" && row) { event.preventDefault(); row.querySelector("a").click(); }
  });
  dialog.addEventListener("htmx:after:swap", narrow);
}());
