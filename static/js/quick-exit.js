// "Quick exit": the page is blanked, its place in the history is taken by a neutral site.
(function () {
  "use strict";
  const link = document.querySelector("[data-quick-exit]");
  if (!link) { return; }
  let presses = 0;

  function leave() {
    document.body.hidden = true;
    document.title = "";
    location.replace(link.href);
  }

  link.addEventListener("click", (event) => { event.preventDefault(); leave(); });
  // Three times Shift, as people know it from other sites.
  document.addEventListener("keyup", (event) => {
    presses = event.key === "Shift" ? presses + 1 : 0;
    if (presses === 3) { leave(); }
  });
  // Going back after leaving must not show what a browser kept in memory.
  window.addEventListener("pageshow", (event) => { if (event.persisted) { location.reload(); } });
}());
