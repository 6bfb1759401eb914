/**
 * The one door to every command of package.json: makes sure of a Node and of packages that the command can work with,
 * then runs it. A fresh clone needs nothing but git, node and npm.
 *
 * This file, node-version.js and install.js must be understood by old Nodes (14 and later): no `node:` imports, no
 * top-level await, no dependencies.
 */
import { ensureNode } from "./node-version.js";
import { ensureInstalled } from "./install.js";

async function main() {
  const [name, ...args] = process.argv.slice(2);
  const elsewhere = await ensureNode();
  if (elsewhere !== undefined) return elsewhere;
  ensureInstalled();
  const command = await import(`./${name}.js`);
  return command.main(args);
}

main().then(
  (code) => {
    if (code !== undefined) process.exitCode = code;
  },
  (error) => {
    console.error(error && error.expected ? error.message : error);
    process.exitCode = 1;
  },
);
