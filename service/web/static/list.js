// Lists by keyboard: J and K move, Enter opens (the focus is on the link), X ticks, / searches. A click anywhere on
// a row opens it; what is ticked is counted, and all can be ticked at once.
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
    else if (key === "x" && at >= 0) tick(rows[at]);
    else if (key === "/") { event.preventDefault(); document.getElementById("q").focus(); }
  });
  var boxes = [].slice.call(document.querySelectorAll('input[name="task"]')), picked = document.getElementById("picked");
  function tick(row) {
    var box = row.querySelector('input[name="task"]');
    if (box) { box.checked = !box.checked; count(); }
  }
  function count() {
    var n = boxes.filter(function (box) { return box.checked; }).length;
    picked.textContent = n ? "（" + n + "）" : "";
    picked.closest(".pager").classList.toggle("is-picking", n > 0);
    all.checked = n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
  }
  var all = document.createElement("input");
  if (picked && boxes.length > 1) {
    var label = document.createElement("label"), place = picked.closest("form");
    label.className = "pill small";
    all.type = "checkbox";
    label.append(all, "全选本页");
    place.before(label);
    all.addEventListener("change", function () {
      boxes.forEach(function (box) { box.checked = all.checked; });
      count();
    });
  }
  if (picked) document.addEventListener("change", function (event) { if (event.target.name === "task") count(); });
  document.querySelectorAll(".inbox tbody").forEach(function (body) {
    body.addEventListener("click", function (event) {
      if (event.target.closest("a,button,input,label") || String(getSelection())) return;
      var link = event.target.closest("tr").querySelector(".t-name");
      if (link) link.click();
    });
  });
  var first = document.querySelector(".t-name[autofocus]");
  if (first) go(0);
})();
