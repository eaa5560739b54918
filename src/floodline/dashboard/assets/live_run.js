(function () {
  "use strict";
  var series = { t: [], price: [], chain: [], fee: [], pool: [], due: [], debt: [] };
  var waiting = false;
  function put(key, text) { document.getElementById("card-" + key).textContent = text; }
  function seconds(value) { return value === null ? "-" : short(value) + " s"; }
  function usd(value) { return "$" + Math.round(value).toLocaleString("en"); }
  function points(name) { return series[name].map(function (v, n) { return [series.t[n], v]; }); }

  function draw() {
    waiting = false;
    drawLines(document.getElementById("chart-price"), [
      { name: "true", points: points("price") }, { name: "on chain", points: points("chain") }], " s");
    drawLines(document.getElementById("chart-base_fee"), [{ name: "base fee", points: points("fee") }], " s");
    drawLines(document.getElementById("chart-pool"), [{ name: "pool", points: points("pool") }], " s");
    drawLines(document.getElementById("chart-losses"), [
      { name: "liquidatable", points: points("due") }, { name: "bad debt", points: points("debt") }], " s");
  }

  followLog(function (line) {
    var phase = document.getElementById("phase");
    if (line.event === "phase") phase.textContent = line.text + " ...";
    if (line.event !== "slot") return;
    if (phase.textContent) phase.textContent = "";
    var progress = document.getElementById("progress");
    progress.max = line.slots;
    progress.value = line.slot;
    put("slot", line.slot + "/" + line.slots);
    put("base_fee", short(line.base_fee_wei / 1e9) + " gwei");
    put("pool", line.pool_pending.toLocaleString("en"));
    put("p50", seconds(line.inclusion_p50_s));
    put("p95", seconds(line.inclusion_p95_s));
    put("age", seconds(line.price_age_s));
    put("liquidatable", usd(line.liquidatable_notional_usd));
    put("bad_debt", usd(line.bad_debt_usd));
    put("identities", (line.broken || []).length ? "broken: " + line.broken.join("; ")
      : line.books_block ? "hold, books of block " + line.books_block : "hold so far");
    series.t.push(line.time_s);
    series.price.push(line.price_true_usd);
    series.chain.push(line.price_chain_usd || line.price_true_usd);
    series.fee.push(line.base_fee_wei / 1e9);
    series.pool.push(line.pool_pending);
    series.due.push(line.liquidatable_notional_usd);
    series.debt.push(line.bad_debt_usd);
    if (!waiting) { waiting = true; requestAnimationFrame(draw); }
  }, function (status) {
    document.getElementById("status").textContent = status;
    location.reload();
  });
})();
