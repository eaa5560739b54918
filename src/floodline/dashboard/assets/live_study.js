(function () {
  "use strict";
  var state = { total: 0, kept: 0, done: 0, failed: 0, broken: 0, judged: 0, missed: 0 };
  var values = [];
  function put(key, text) { document.getElementById("card-" + key).textContent = text; }
  function show() {
    var progress = document.getElementById("progress");
    progress.max = Math.max(1, state.total);
    progress.value = state.kept + state.done;
    put("done", state.kept + state.done + "/" + state.total);
    put("failed", state.failed);
    put("identities", state.broken ? "broken in " + state.broken : "hold");
    put("missed", state.missed + " of " + state.judged);
    drawLines(document.getElementById("chart-values"), [
      { name: "value", points: values.map(function (v, n) { return [n + 1, v]; }) }]);
  }
  followLog(function (line) {
    if (line.event === "begin") {
      state.total = line.trials; state.kept = line.kept; state.done = 0; state.failed = 0;
    } else if (line.event === "say") {
      var item = document.createElement("li");
      item.textContent = line.text;
      document.getElementById("findings").prepend(item);
    } else if (line.event === "trial") {
      state.done += 1;
      if (line.status !== "complete") { state.failed += 1; }
      else {
        if (!line.identities_ok) state.broken += 1;
        if (line.met !== null) { state.judged += 1; if (!line.met) state.missed += 1; }
        if (line.value !== null) {
          values.push(line.value);
          put("latest", short(line.value));
          document.getElementById("metric").textContent = line.metric + ", in the order in which the runs end";
        }
      }
    }
    show();
  }, function (status) {
    document.getElementById("status").textContent = status;
    location.reload();
  });
})();
