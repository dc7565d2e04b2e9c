// Many people to choose from: a field that leaves those whose name or unit has the words; who is chosen stays.
(function () {
  "use strict";
  var box = document.getElementById("find-people");
  if (!box) return;
  var input = box.querySelector("input"), told = box.querySelector("output");
  var labels = [].slice.call(document.querySelectorAll("label.choice"));
  box.hidden = false;
  function narrow() {
    var words = input.value.trim().split(/\s+/), left = 0;
    labels.forEach(function (label) {
      var text = label.textContent, fits = words.every(function (word) { return text.indexOf(word) >= 0; });
      label.hidden = !fits && !label.querySelector("input").checked;
      if (fits) left += 1;
    });
    told.textContent = input.value.trim() ? "符合 " + left + " 人" : "共 " + labels.length + " 人";
  }
  input.addEventListener("input", narrow);
  input.addEventListener("keydown", function (event) { if (event.key === "Enter") event.preventDefault(); });
  narrow();
})();
