// Loaded into Agents Playground before its own code, which would listen on every interface.
"use strict";

const { Server } = require("node:net");

const HOST = "127.0.0.1";
const listenAnywhere = Server.prototype.listen;

// Of the ways to say where to listen it uses listen(port, callback). The others are turned to
// loopback as well, or refused, so that a new version cannot open a door unnoticed.
Server.prototype.listen = function listen(where, ...rest) {
  const callback = rest.find((it) => typeof it === "function");
  const port = typeof where === "object" && where !== null ? where.port : where;
  if (!/^\d+$/.test(String(port))) {
    throw new Error(`listens on a port of ${HOST} only, not on ${JSON.stringify(where)}`);
  }
  return listenAnywhere.call(this, { port: Number(port), host: HOST }, callback);
};

// It ends with the bot, however that ends: the system closes the pipe.
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
