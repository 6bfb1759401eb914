import type { Connection, ModelRef } from "#domain/model.ts";

/** How a model is called on its chip. A connection that was removed is said to be gone, not passed over. */
export function modelWords(model: ModelRef, connections: readonly Connection[]): string {
  if (model.provider === "built-in") return "Built-in agent";
  const connection = connections.find((known) => known.id === model.connectionId);
  return connection === undefined ? "Model not connected" : model.model;
}

/** How a connection is called in a list of models: its model, and where it is. */
export function connectionWords(connection: Connection): string {
  return connection.label === connection.model ? connection.model : `${connection.model} · ${connection.label}`;
}
