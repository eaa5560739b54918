/* Lines over time in plain SVG: as many series as are given, on one scale. */
function drawLines(svg, series, unit) {
  "use strict";
  var width = 720, height = 150, left = 70, right = 10, top = 12, bottom = 20;
  var points = series.reduce(function (all, each) { return all.concat(each.points); }, []);
  if (!points.length) return;
  var x = points.map(function (p) { return p[0]; }), y = points.map(function (p) { return p[1]; });
  var x0 = Math.min.apply(null, x), x1 = Math.max.apply(null, x);
  var y0 = Math.min.apply(null, y), y1 = Math.max.apply(null, y);
  if (y1 === y0) { y1 = y0 + 1; }
  var sx = function (v) { return left + (width - left - right) * (x1 > x0 ? (v - x0) / (x1 - x0) : 0); };
  var sy = function (v) { return height - bottom - (height - top - bottom) * (v - y0) / (y1 - y0); };
  var space = "http://www.w3.org/2000/svg";
  svg.replaceChildren();
  function add(name, attributes, text) {
    var node = document.createElementNS(space, name);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    if (text !== undefined) node.textContent = text;
    svg.appendChild(node);
  }
  add("text", { x: left - 6, y: top + 6, "text-anchor": "end" }, short(y1));
  add("text", { x: left - 6, y: height - bottom, "text-anchor": "end" }, short(y0));
  add("text", { x: left, y: height - 5 }, short(x0) + (unit || ""));
  add("text", { x: width - right, y: height - 5, "text-anchor": "end" }, short(x1) + (unit || ""));
  series.forEach(function (each, place) {
    var step = each.points.map(function (p, n) {
      return (n ? "L" : "M") + sx(p[0]).toFixed(1) + " " + sy(p[1]).toFixed(1);
    });
    add("path", { d: step.join(""), "class": place ? "two" : "one" });
    if (each.points.length < 20) {
      each.points.forEach(function (p) {
        add("circle", { cx: sx(p[0]), cy: sy(p[1]), r: 3, "class": place ? "two" : "one" });
      });
    }
    if (series.length > 1) {
      add("text", { x: left + 170 + 160 * place, y: height - 5 }, (place ? "orange: " : "blue: ") + each.name);
    }
  });
}

function short(value) {
  "use strict";
  var size = Math.abs(value);
  if (size >= 1e6) return (value / 1e6).toPrecision(3) + " M";
  if (size >= 1e4) return (value / 1e3).toPrecision(3) + " k";
  return String(Number(value.toPrecision(4)));
}

/* Read a log by server-sent events: each line to `take`, then what became of it to `end`. */
function followLog(take, end) {
  "use strict";
  var source = new EventSource(location.pathname + "/events");
  source.addEventListener("line", function (message) { take(JSON.parse(message.data)); });
  source.addEventListener("end", function (message) {
    source.close();
    end(JSON.parse(message.data).status);
  });
}
