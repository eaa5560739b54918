(function () {
  "use strict";
  var specs = JSON.parse(document.getElementById("specs").textContent);
  var themes = {
    light: JSON.parse(document.getElementById("light").textContent),
    dark: JSON.parse(document.getElementById("dark").textContent),
  };
  var prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

  /* panels cannot take the width of the page by themselves: on a narrow one they get less */
  function fitted(spec, place) {
    if (!spec.spec || typeof spec.spec.width !== "number") return spec;
    var room = Math.max(200, place.clientWidth - 64);
    if (room >= spec.spec.width) return spec;
    var copy = JSON.parse(JSON.stringify(spec));
    copy.spec.width = room;
    return copy;
  }

  /* legends stand below each other where there is no room beside each other */
  function narrowed(config) {
    var copy = JSON.parse(JSON.stringify(config));
    copy.legend.columns = 2;
    copy.legend.layout = { top: { direction: "vertical", anchor: "start" } };
    return copy;
  }

  function draw(theme) {
    var narrow = document.body.clientWidth < 560;
    var config = narrow ? narrowed(themes[theme]) : themes[theme];
    return Promise.all(
      Object.keys(specs).map(function (key) {
        var place = document.getElementById("chart-" + key);
        var spec = specs[key];
        return vegaEmbed(place, fitted(spec, place), {
          config: config,
          renderer: "svg",
          actions: { export: true, source: false, compiled: false, editor: false },
        }).then(function (view) {
          var svg = place.querySelector("svg");
          if (svg) {
            var box = svg.getAttribute("viewBox");
            if (!box) {
              svg.setAttribute("viewBox", "0 0 " + svg.getAttribute("width") + " " + svg.getAttribute("height"));
            }
            /* the figure is one image with a description: its marks are no images of their own */
            svg.querySelectorAll("[role]").forEach(function (mark) {
              ["role", "aria-roledescription", "aria-label"].forEach(function (name) {
                mark.removeAttribute(name);
              });
            });
            svg.setAttribute("role", "img");
            svg.setAttribute("aria-label", spec.description);
          }
          var summary = place.querySelector("summary");
          if (summary) summary.setAttribute("aria-label", "save this figure");
          return view;
        });
      })
    );
  }

  function redraw() {
    return draw(prefersDark.matches ? "dark" : "light").then(function () {
      document.documentElement.setAttribute("data-drawn", "yes");
    });
  }

  prefersDark.addEventListener("change", redraw);
  window.addEventListener("beforeprint", function () { draw("light"); });
  window.addEventListener("afterprint", redraw);
  redraw();
})();
