// Lists by keyboard: J and K move, Enter opens (the focus is on the link), / searches.
(function () {
  "use strict";
  var rows = [].slice.call(document.querySelectorAll(".inbox tbody tr")), at = -1;
  function go(to) {
    if (to < 0 || to >= rows.length) return;
    rows.forEach(function (row) { row.classList.remove("is-cursor"); });
    at = to;
    rows[at].classList.add("is-cursor");
    rows[at].querySelector(".t-name").focus();
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    var key = event.key.toLowerCase();
    if (key === "j") go(at + 1);
    else if (key === "k") go(at - 1);
    else if (key === "/") { event.preventDefault(); document.getElementById("q").focus(); }
  });
  var first = document.querySelector(".t-name[autofocus]");
  if (first) go(0);
})();
