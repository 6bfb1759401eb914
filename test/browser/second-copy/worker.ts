/** Entry of both kinds of worker. */
import { runContract } from "./run-contract.ts";

if ("onconnect" in globalThis) {
  addEventListener("connect", (event) => {
    const [port] = (event as MessageEvent).ports;
    void runContract().then((result) => port?.postMessage(result));
  });
} else {
  void runContract().then((result) => postMessage(result));
}
