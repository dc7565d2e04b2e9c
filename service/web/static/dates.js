// A date reads 2026-03-01 in every browser, whatever its language; while it is edited it is the browser's.
(function () {
  "use strict";
  document.documentElement.classList.add("js");
  function show() {
    document.querySelectorAll("input[type=date]").forEach(function (input) {
      input.dataset.shown = input.value || "年-月-日";
    });
  }
  show();
  document.addEventListener("change", show);
  document.addEventListener("fields", show); // new ones on the page
})();
