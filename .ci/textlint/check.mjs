// Checks the Japanese prose of the repository with textlint and prints findings as FILE:LINE: WORDS (RULE).
//
//     node check.mjs MODULES      MODULES is the folder that npm installed textlint into
//
// Pages (README, SECURITY, docs, lessons) are Markdown. Messages of the program (locales/ja) and texts of drills are taken
// out of their files first, each on its own; a finding names the line that it stands on.

import { readFileSync, readdirSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const modules = resolve(process.argv[2]);
const { createLinter, loadTextlintrc } = createRequire(join(modules, "package.json"))("textlint");
const rules = createRequire(import.meta.url)("./rules.cjs");

/** A linter with one set of rules. textlint takes them from a file only. */
async function linter(name) {
  mkdirSync(modules, { recursive: true });
  const file = join(modules, `${name}.textlintrc.json`);
  writeFileSync(file, JSON.stringify(rules[name]));
  const descriptor = await loadTextlintrc({ configFilePath: file, node_modulesDir: join(modules, "node_modules") });
  return createLinter({ descriptor });
}

/** Files below a folder whose path from the root matches. */
function files(folder, pattern) {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  const paths = entries.map((it) => relative(root, join(it.parentPath ?? it.path, it.name)).replaceAll("\\", "/"));
  return paths.filter((path) => pattern.test(path)).sort();
}

/** What stands for a value that is put in when the message is shown: a piece of code, which the rules pass over. */
const withoutValues = (text) => text.replace(/\{\s*"([^"]*)"\s*\}/g, "$1").replace(/\{[^{}]*\}/g, "`x`");

/** The texts of a Fluent file: each piece with the line it stands on. Each branch of a selection is a text of its own. */
function fluent(source) {
  const texts = [];
  source.split("\n").forEach((line, at) => {
    if (/^\s*(#|$)/.test(line)) return;
    const begins = /^(?:[a-z][\w-]*|\s+\.[a-z][\w-]*) =\s*(.*)$/.exec(line);
    const branch = /^\s*\*?\[[^\]]+\]\s*(.*)$/.exec(line);
    const words = (begins ?? branch)?.[1] ?? line.trim();
    if (/^\{\s*\$?[\w-]+(\(.*\))?\s*->$/.test(words) || words === "}") return;
    if (begins || branch) texts.push([]);
    if (words !== "") texts.at(-1).push({ words: withoutValues(words), line: at + 1 });
  });
  return texts.filter((text) => text.length > 0);
}

/** The Japanese texts of a drill: what follows `ja:`, on the same line or as a list. */
function drill(source) {
  const texts = [];
  let inList = -1;
  source.split("\n").forEach((line, at) => {
    const depth = line.search(/\S/);
    const one = /^\s*ja: "(.*)"\s*$/.exec(line);
    if (one) texts.push([{ words: one[1].replaceAll('\\"', '"'), line: at + 1 }]);
    else if (/^\s*ja:\s*$/.test(line)) inList = depth;
    else if (inList >= 0) {
      const item = /^\s*- "(.*)"\s*$/.exec(line);
      if (item && depth > inList) texts.push([{ words: item[1].replaceAll('\\"', '"'), line: at + 1 }]);
      else inList = -1;
    }
  });
  return texts;
}

/** A linter that finds nothing in this is not set up as it should be. */
const WRONG = "これは例です。それは例である。通るかもしれない。";
async function awake(linter, name) {
  const rules = new Set((await linter.lintText(WRONG, "wrong.md")).messages.map((found) => found.ruleId));
  if (rules.size >= 2) return;
  console.log(`Japanese: the rules for ${name} find nothing in a text that is wrong on purpose.`);
  process.exit(1);
}

const findings = [];

function keep(path, result, lineOf) {
  for (const found of result.messages) {
    const words = found.message.split("\n").find((line) => line.trim() !== "");
    findings.push({ path, line: lineOf(found.line), words, rule: found.ruleId.replace(/^.*\//, "") });
  }
}

const pages = ["README.ja.md", "SECURITY.ja.md", ...files("docs", /\.ja\.md$/), ...files("labs", /\/ja\.md$/)];
const ofPages = await linter("pages");
await awake(ofPages, "pages");
for (const path of pages) {
  keep(path, await ofPages.lintText(readFileSync(join(root, path), "utf8"), path), (line) => line);
}

const ofMessages = await linter("messages");
await awake(ofMessages, "messages");
const sources = [...files("locales/ja", /\.ftl$/).map((path) => [path, fluent]), ...files("labs", /\/drills\/.*\.yaml$/).map((path) => [path, drill])];
let count = 0;
for (const [path, read] of sources) {
  // One document a file, an empty line between two texts, and a table of where its lines come from.
  const lines = [];
  const from = [];
  const texts = read(readFileSync(join(root, path), "utf8"));
  for (const text of texts) {
    for (const { words, line } of text) {
      lines.push(words);
      from.push(line);
    }
    lines.push("");
    from.push(from.at(-1));
  }
  count += texts.length;
  keep(path, await ofMessages.lintText(lines.join("\n"), `${path}.md`), (line) => from[line - 1]);
}

for (const { path, line, words, rule } of findings) console.log(`${path}:${line}: ${words} (${rule})`);
console.log(`Japanese: ${pages.length} pages and ${count} messages and texts of drills, ${findings.length} findings.`);
if (pages.length < 5 || count < 500) {
  console.log("Japanese: fewer texts than there must be; the reader of this script does not find them any more.");
  process.exit(1);
}
process.exit(findings.length === 0 ? 0 : 1);
