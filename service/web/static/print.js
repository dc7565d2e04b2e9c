// Before printing, what is folded up on the screen is opened; afterwards it is as it was.
(function () {
  "use strict";
  var folded = [];
  addEventListener("beforeprint", function () {
    folded = [].filter.call(document.querySelectorAll("main details:not(.drawn):not(.nav-more):not(.more)"), function (d) { return !d.open; });
    folded.forEach(function (d) { d.open = true; });
  });
  addEventListener("afterprint", function () {
    folded.forEach(function (d) { d.open = false; });
  });
})();
