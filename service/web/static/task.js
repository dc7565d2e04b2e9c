// The task page with a script: what is typed is checked while it is typed, files show their names,
// the diagram opens at the task, mistakes get the focus. Without it everything works by 暂存 and 提交.
(function () {
  "use strict";
  var form = document.getElementById("f");

  var errors = document.getElementById("errors");
  if (errors) errors.focus();

  document.querySelectorAll("details").forEach(function (d) {
    d.addEventListener("toggle", function () {
      var pane = d.querySelector(".diagram"), here = pane && pane.querySelector(".is-now");
      if (!here || !d.open) return;
      var a = pane.getBoundingClientRect(), b = here.getBoundingClientRect();
      pane.scrollTop += b.top - a.top - (a.height - b.height) / 2;
      pane.scrollLeft += b.left - a.left - (a.width - b.width) / 2;
    });
  });
  if (!form) return;

  function names(input) {
    var out = input.parentNode.querySelector("output");
    if (out) out.textContent = [].map.call(input.files, function (f) { return f.name; }).join("、");
  }

  // Fields that an answer calls for appear, those that it makes needless go; typed text stays.
  function take(fresh) {
    var old = document.getElementById("fields"), kinds = "[data-field],[data-part]";
    var before = {};
    fresh.querySelectorAll(kinds).forEach(function (box) { if (box.id) before[box.id] = true; });
    old.querySelectorAll(kinds).forEach(function (box) {
      if (box.id && !before[box.id] && !box.contains(document.activeElement)) box.remove();
    });
    fresh.querySelectorAll(kinds).forEach(function (box) {
      var here = box.id && document.getElementById(box.id);
      if (here) {
        [".beside", ":scope > output"].forEach(function (part) {
          var a = here.querySelector(part), b = box.querySelector(part);
          if (a && b && box.matches("[data-field]")) a.textContent = b.textContent;
        });
        return;
      }
      var last = box.previousElementSibling, parent = box.parentElement.closest(kinds);
      var place = last && last.id && document.getElementById(last.id);
      if (place) place.after(box.cloneNode(true));
      else if (parent && document.getElementById(parent.id)) document.getElementById(parent.id).append(box.cloneNode(true));
      else old.append(box.cloneNode(true));
    });
  }

  function put(id, fresh) {
    var here = document.getElementById(id), next = fresh.querySelector("#" + id);
    if (here && next && here.innerHTML !== next.innerHTML) here.innerHTML = next.innerHTML;
  }

  var timer, asked = 0, sent = false;
  function ask() {
    var mine = ++asked, data = new FormData(form);
    form.querySelectorAll("input[type=file]").forEach(function (input) {
      data.delete(input.name);
      form.querySelectorAll("input[type=checkbox]").forEach(function (kept) {
        if (kept.name === input.name && kept.checked) data.append(kept.name, kept.value);
      });
      if (input.files.length) data.append("_chosen", input.name);
    });
    fetch(form.dataset.check, { method: "POST", body: data, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) {
        if (!text || mine !== asked || sent) return;
        var fresh = document.createElement("div");
        fresh.innerHTML = text;
        take(fresh.querySelector("#fields"));
        document.dispatchEvent(new Event("fields"));
        put("materials", fresh);
        put("gate", fresh);
        put("foreseen", fresh);
        put("next", fresh);
      })
      .catch(function () {});
  }
  function soon(event) {
    if (event.target.type === "file") names(event.target);
    clearTimeout(timer);
    timer = setTimeout(ask, event.type === "input" ? 600 : 120);
  }
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // What is typed is kept without asking, so that a browser that dies takes nothing along.
  var keeping, dirty = false;
  function keep() {
    if (sent || !dirty) return;
    dirty = false;
    var data = new FormData(form);
    form.querySelectorAll("input[type=file]").forEach(function (input) {
      data.delete(input.name);
      form.querySelectorAll("input[type=checkbox]").forEach(function (kept) {
        if (kept.name === input.name && kept.checked) data.append(kept.name, kept.value);
      });
    });
    fetch(form.dataset.draft, { method: "POST", body: data, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (kept) {
        var out = document.getElementById("saved");
        if (kept && out) out.textContent = kept.saved + " 已自动暂存。";
        if (!kept) dirty = true;
      })
      .catch(function () { dirty = true; });
  }
  function later() { dirty = true; clearTimeout(keeping); keeping = setTimeout(keep, 1500); }
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  document.addEventListener("visibilitychange", function () { if (document.hidden) keep(); });

  var field = form.querySelector("textarea");
  form.addEventListener("focusin", function (event) { if (event.target.tagName === "TEXTAREA") field = event.target; });
  document.querySelectorAll("[data-phrase]").forEach(function (button) {
    button.addEventListener("click", function () {
      if (!field) return;
      field.setRangeText(button.textContent, field.selectionStart, field.selectionEnd, "end");
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  form.addEventListener("submit", function (event) {
    sent = true;
    clearTimeout(timer);
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  });
})();
