// The saga of the benchmarks on Restate: node saga.mjs saga|steps PORT
import http2 from "node:http2";
import * as restate from "@restatedev/restate-sdk";

// The SDK asks for it, and Node.js has it from 22 on.
Promise.withResolvers ??= function withResolvers() {
  const deferred = {};
  deferred.promise = new this((resolve, reject) => Object.assign(deferred, { resolve, reject }));
  return deferred;
};

/** The payload as a step hands it on. */
const passedOn = (payload, by) => ({
  ...payload,
  by,
  hop: String(Number(payload.hop) + 1).padStart(2, "0"),
});

const steps = restate.service({
  name: "Steps",
  handlers: {
    s01: async (_, payload) => passedOn(payload, "s01"),
    s02: async (_, payload) => passedOn(payload, "s02"),
    s03: async (_, payload) => passedOn(payload, "s03"),
    failing: async () => {
      throw new restate.TerminalError("not now");
    },
    // There is no effect to undo.
    undoS01: async (_, result) => result.by,
    undoS02: async (_, result) => result.by,
    undoS03: async (_, result) => result.by,
  },
});

/** Calls the steps in their order; when one fails, undoes those before it, the last one first. */
const run = async (ctx, payload, calls) => {
  const remote = ctx.serviceClient(steps);
  const undos = [];
  let last = payload;
  try {
    for (const [call, undo] of calls) {
      const result = await remote[call](last);
      undos.push(() => remote[undo](result));
      last = result;
    }
    return { status: "COMPLETED", payload: last };
  } catch (error) {
    if (!(error instanceof restate.TerminalError)) {
      throw error;
    }
    const undone = [];
    for (const undo of undos.reverse()) {
      undone.push(await undo());
    }
    return { status: "UNDONE", undone };
  }
};

const firstTwo = [
  ["s01", "undoS01"],
  ["s02", "undoS02"],
];

const saga = restate.service({
  name: "Saga",
  handlers: {
    sequential: async (ctx, payload) => run(ctx, payload, [...firstTwo, ["s03", "undoS03"]]),
    undo: async (ctx, payload) => run(ctx, payload, [...firstTwo, ["failing", "undoS03"]]),
  },
});

const [, , served, port] = process.argv;
const handler = restate
  .endpoint()
  .bind(served === "saga" ? saga : steps)
  .http2Handler();
http2.createServer(handler).listen(Number(port), "127.0.0.1");
