// Starts allauth's passkey forms from data on the page; a failure is said in words instead of the console.
(function () {
  "use strict";
  function start() {
    document.querySelectorAll("script[data-passkey]").forEach((data) => {
      const form = window.allauth.webauthn.forms[data.dataset.passkey];
      form({ ids: JSON.parse(data.textContent) });
    });
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.querySelectorAll("[data-passkey-trouble]").forEach((words) => { words.hidden = false; });
  });
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
}());
