(function () {
  "use strict";
  var entries = [], ticked = new Set();
  var controls = ["text", "kind", "status", "objective"].map(function (key) {
    return document.getElementById("filter-" + key);
  });
  var button = document.getElementById("compare-button");

  function matches(entry) {
    var text = controls[0].value.trim().toLowerCase();
    var words = [entry.name, entry.campaign, entry.verb, String(entry.seed), entry.outcome].join(" ").toLowerCase();
    return (!text || text.split(/\s+/).every(function (word) { return words.includes(word); })) &&
      (!controls[1].value || entry.kind === controls[1].value) &&
      (!controls[2].value || entry.status === controls[2].value) &&
      (!controls[3].value || entry.objective === controls[3].value);
  }
  function figure(value) {
    return value === null ? "" : Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en")
      : String(Number(value.toPrecision(3)));
  }
  function cell(row, text, kind) {
    var found = row.insertCell();
    found.textContent = text;
    if (kind) found.className = kind;
    return found;
  }
  function box(entry) {
    var found = document.createElement("input");
    found.type = "checkbox";
    found.name = "run";
    found.value = entry.name;
    found.checked = ticked.has(entry.name);
    found.setAttribute("aria-label", "compare " + entry.name);
    found.addEventListener("change", function () {
      if (found.checked) ticked.add(entry.name); else ticked.delete(entry.name);
      count();
    });
    return found;
  }
  function count() {
    var size = document.querySelectorAll("#entries input:checked").length;
    button.disabled = size < 2 || size > 6;
    button.textContent = size > 1 ? "Compare " + size + " runs" : "Compare";
  }
  function show() {
    var body = document.querySelector("#entries tbody");
    var shown = entries.filter(matches);
    body.replaceChildren();
    shown.forEach(function (entry) {
      var row = body.insertRow();
      var first = row.insertCell();
      if (entry.kind === "run" && entry.status === "complete") first.appendChild(box(entry));
      var head = document.createElement("th");
      head.scope = "row";
      var link = document.createElement("a");
      link.href = entry.link;
      link.textContent = entry.name;
      head.appendChild(link);
      row.appendChild(head);
      cell(row, entry.verb);
      cell(row, entry.campaign);
      cell(row, entry.seed === null ? "" : entry.seed, "number");
      cell(row, entry.status, entry.status === "running" ? "running" : entry.status === "complete" ? "" : "bad");
      cell(row, entry.objective, entry.objective === "missed" ? "bad" : entry.objective ? "good" : "");
      cell(row, entry.identities, entry.identities === "broken" ? "bad" : entry.identities ? "good" : "");
      cell(row, figure(entry.bad_debt_usd), "number");
      cell(row, figure(entry.latency_p50_s), "number");
      cell(row, figure(entry.base_fee_peak_gwei), "number");
      cell(row, new Date(entry.changed_s * 1000).toLocaleString("sv").slice(0, 16));
    });
    document.getElementById("nothing").hidden = entries.length > 0;
    document.getElementById("state").textContent = shown.length + " of " + entries.length + " shown";
    count();
  }

  controls.forEach(function (control) { control.addEventListener("input", show); });
  document.getElementById("filters").addEventListener("submit", function (event) { event.preventDefault(); });
  var source = new EventSource("/events");
  source.addEventListener("entries", function (message) {
    entries = JSON.parse(message.data);
    show();
  });
})();
