// Measures JavaScript libraries that filter words, as peers.py does with Python ones: the same arguments and answers.
// Runs where node_modules has them.

const fs = require("node:fs");
const path = require("node:path");

function mintFilter(terms) {
  const Mint = require("mint-filter").default;
  const filter = new Mint(terms);
  return (text) => filter.filter(text).words;
}

function fastscan(terms) {
  const loaded = require("fastscan");
  const scanner = new (loaded.default || loaded)(terms);
  return (text) => scanner.search(text).map((hit) => hit[1]);
}

function speed(find, lines) {
  let best = Infinity;
  for (let round = 0; round < 3; round += 1) {
    const start = process.cpuUsage().user;
    lines.forEach((line) => find(line));
    best = Math.min(best, (process.cpuUsage().user - start) / 1e6);
  }
  return { mb_per_s: lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / best / 1e6 };
}

function rows(folder, name) {
  const file = path.join(folder, name);
  if (!fs.existsSync(file)) return [];
  return fs.readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

function quality(make, folder) {
  const evasions = rows(folder, "evasions.jsonl");
  const find = make([...new Set(evasions.map((row) => row.term))].sort());
  // mint-filter gives words in lower case.
  const same = (row) => (word) => word.toLowerCase() === row.term.toLowerCase();
  const found = evasions.map((row) => ({ cls: row.cls, hit: find(row.text).some(same(row)) }));
  const share = (of) => of.filter((row) => row.hit).length / Math.max(of.length, 1);
  const classes = [...new Set(found.map((row) => row.cls))];
  const hits = rows(folder, "near-miss.jsonl").filter((row) => make([row.term])(row.text).length > 0).length;
  return {
    disguised_recall: share(found.filter((row) => row.cls !== "plain")),
    by_class: Object.fromEntries(classes.map((cls) => [cls, share(found.filter((row) => row.cls === cls))])),
    near_miss_hits: hits,
  };
}

const [mode, folder] = process.argv.slice(2);
const answer = {};
for (const [name, make] of [["mint-filter", mintFilter], ["fastscan", fastscan]]) {
  if (mode === "speed") {
    const of = (file) => fs.readFileSync(path.join(folder, file), "utf8").split("\n").filter(Boolean);
    answer[name] = speed(make(of("terms.txt")), of("lines.txt"));
  } else {
    answer[name] = quality(make, folder);
  }
}
console.log(JSON.stringify(answer));
