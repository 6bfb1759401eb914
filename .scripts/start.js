/** `npm start`: builds the app if its sources changed and serves it on loopback until Ctrl-C. */
import { buildForUse } from "./build.js";
import { sentence } from "./install.js";
import { startServer } from "./static-server.js";

/** Stable, because the browser keeps sessions by address and the port is part of it. */
const USUAL_PORT = 4173;
const TRIED_PORTS = 20;

/** @param {string[]} args `--port N` asks for one port and no other */
export async function main(args) {
  const asked = askedPort(args);
  const root = await buildForUse();
  const server = asked === undefined ? await startOnFreePort(root) : await startServer({ root, port: asked });
  const stop = () => void server.close().then(() => process.exit(0));
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  if (asked === undefined && server.port !== USUAL_PORT) {
    console.log(
      `Port ${USUAL_PORT} is taken. Sessions are kept by address: those of port ${USUAL_PORT} do not show here.`,
    );
  }
  console.log("Ctrl-C stops the server; what is in the browser stays there.");
  console.log(`Holdfast is ready at ${server.url}`);
}

/** @param {string[]} args */
function askedPort(args) {
  const at = args.indexOf("--port");
  const value = at >= 0 ? args[at + 1] : process.env["PORT"];
  if (value === undefined || value === "") return undefined;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw sentence(`${value} is not a port.`);
  return port;
}

/** @param {string} root */
async function startOnFreePort(root) {
  for (let port = USUAL_PORT; port < USUAL_PORT + TRIED_PORTS; port += 1) {
    try {
      return await startServer({ root, port });
    } catch (error) {
      if (!isPortTaken(error)) throw error;
    }
  }
  return startServer({ root });
}

/** @param {unknown} error */
const isPortTaken = (error) =>
  error instanceof Error && "code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES");
