// Serves `solc --standard-json` on stdin and stdout with the WebAssembly build of solc.
//
// `floodline toolchain` copies this file beside the npm package `solc`. Options: --base-path P,
// --include-path P (repeatable) and --allow-paths P,Q, as the native compiler has them. Imports that
// the input does not hold are read from the base path, then from the include paths.
"use strict";

const fs = require("fs");
const path = require("path");

const bases = [];
let allowed = null;
const args = process.argv.slice(2);
for (let at = 0; at < args.length; at += 1) {
  const [name, attached] = args[at].split(/=(.*)/s, 2);
  const value = () => (attached === undefined ? args[(at += 1)] : attached);
  if (name === "--base-path") bases.unshift(value());
  else if (name === "--include-path") bases.push(value());
  else if (name === "--allow-paths") allowed = value().split(",").filter((item) => item !== "");
  else if (name !== "--standard-json" && name !== "-") {
    process.stderr.write(`this solc serves --standard-json only, not ${args[at]}\n`);
    process.exit(2);
  }
}
if (bases.length === 0) bases.push(process.cwd());

const real = (place) => {
  try {
    return fs.realpathSync(place);
  } catch (error) {
    return path.resolve(place);
  }
};

const roots = [...bases, ...(allowed || [])].map(real);
const within = (place) =>
  roots.some((root) => place === root || place.startsWith(root.replace(/\/*$/, "/")));

function readImport(name) {
  for (const base of bases) {
    const place = real(path.resolve(base, name.replace(/^file:\/\//, "")));
    if (fs.existsSync(place)) {
      if (!within(place)) return { error: `${place} lies outside the allowed paths` };
      return { contents: fs.readFileSync(place, "utf8") };
    }
  }
  return { error: `${name} was not found below ${bases.join(", ")}` };
}

const input = fs.readFileSync(0, "utf8");
const solc = require("solc");
process.stdout.write(`${solc.compile(input, { import: readImport })}\n`);
