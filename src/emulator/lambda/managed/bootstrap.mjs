// Runs the handler of a function in Node.js behind Lambda's Runtime API (Lambda developer guide, `runtimes-api`).

import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import util from "node:util";

const { AWS_LAMBDA_RUNTIME_API: api, LAMBDA_TASK_ROOT: root, _HANDLER: named } = process.env;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let requestId;
// Whether the process ends: its last word waits behind no other.
let ends = false;

/** An error of the runtime's own, with its type. */
class Failure extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

function call(method, to, body, headers = {}) {
  const [host, port] = api.split(":");
  const options = { agent: ends ? false : agent, host, port, method, path: `/2018-06-01/runtime/${to}`, headers };
  return new Promise((resolve, reject) => {
    const request = http.request(options, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => resolve({ headers: answer.headers, text: Buffer.concat(chunks).toString() }));
      answer.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

function write(level, ...said) {
  process.stdout.write(`${new Date().toISOString()}\t${requestId}\t${level}\t${util.format(...said)}\n`);
}

const levels = { log: "INFO", info: "INFO", debug: "DEBUG", trace: "TRACE", warn: "WARN", error: "ERROR" };
for (const [method, level] of Object.entries(levels)) {
  console[method] = (...said) => write(level, ...said);
}

/** Returns a text with the function's folder as Lambda names it. */
function placed(text) {
  return String(text).replaceAll(root, "/var/task");
}

/** Returns the lines of an error's stack, without those of this file. */
function traced(error) {
  return placed(error.stack ?? "").split("\n").filter((line) => !line.includes("/[eval"));
}

/** Returns what an error is answered with. */
function described(error) {
  if (!(error instanceof Error)) {
    const errorMessage = typeof error === "object" && error !== null ? util.inspect(error) : String(error);
    return { errorType: typeof error, errorMessage, trace: [] };
  }
  return { errorType: String(error.name), errorMessage: placed(error.message), trace: traced(error) };
}

/** Returns an error with its own members as JSON; members that JSON cannot hold stay away. */
function logged(answer, error) {
  try {
    return JSON.stringify({ ...answer, ...error });
  } catch {
    return JSON.stringify(answer);
  }
}

function fail(to, error) {
  const answer = described(error);
  write("ERROR", to === "init/error" ? "Uncaught Exception" : "Invoke Error", logged(answer, error));
  const kind = answer.errorType.replace(/[^\x20-\x7e]/g, "?");
  return call("POST", to, JSON.stringify(answer), { "Lambda-Runtime-Function-Error-Type": kind });
}

/** Returns the handler that the function names: `folder/file.name` or `folder/file.object.name`. */
async function loaded() {
  const { dir, base } = path.parse(named);
  const [file, ...names] = base.split(".");
  if (names.length === 0) {
    throw new Failure("Runtime.MalformedHandlerName", "Bad handler");
  }
  const stem = path.resolve(root, dir, file);
  const found = [stem, `${stem}.js`, `${stem}.mjs`, `${stem}.cjs`].find((candidate) => existsSync(candidate));
  const module = path.join(dir, file);
  if (found === undefined) {
    const words = `Error: Cannot find module '${module}'\nRequire stack:\n- ${path.join(root, "index")}`;
    throw new Failure("Runtime.ImportModuleError", words);
  }
  let exported;
  try {
    exported = await required(found);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new Failure("Runtime.UserCodeSyntaxError", `${error}`);
    }
    throw ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(error?.code)
      ? new Failure("Runtime.ImportModuleError", `${error}`)
      : error;
  }
  const handler = names.reduce((object, name) => object?.[name], exported);
  if (handler === undefined) {
    throw new Failure("Runtime.HandlerNotFound", `${named} is undefined or not exported`);
  }
  if (typeof handler !== "function") {
    throw new Failure("Runtime.HandlerNotFound", `${named} is not a function`);
  }
  return handler;
}

/** Returns whether a file is an ES module: by its name, or as the nearest package says. */
function isModule(file) {
  if (!file.endsWith(".js")) {
    return file.endsWith(".mjs");
  }
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, "package.json");
    if (existsSync(manifest)) {
      return JSON.parse(readFileSync(manifest, "utf8")).type === "module";
    }
    if (folder === root || folder === path.dirname(folder)) {
      return false;
    }
  }
}

async function required(file) {
  if (!isModule(file)) {
    return createRequire(pathToFileURL(file))(file);
  }
  const exported = await import(pathToFileURL(file).href);
  return exported.default && typeof exported.default === "object" ? { ...exported.default, ...exported } : exported;
}

function contextOf(headers, done) {
  const env = process.env;
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const said = headers["lambda-runtime-client-context"];
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    clientContext: said ? JSON.parse(Buffer.from(said, "latin1").toString()) : undefined,
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
    done,
    succeed: (result) => done(null, result),
    fail: (error) => done(error ?? "handled"),
  };
}

/** Returns what a handler makes of an event: what it promises, or gives to its callback. */
function invoked(handler, event, headers) {
  return new Promise((resolve, reject) => {
    // Nothing is left to do, and nobody has been called back.
    const end = () => resolve(null);
    process.once("beforeExit", end);
    const settle = (act, value) => {
      process.removeListener("beforeExit", end);
      act(value);
    };
    const isError = (error) => error !== null && error !== undefined;
    const done = (error, result) => (isError(error) ? settle(reject, error) : settle(resolve, result));
    try {
      const promised = handler(event, contextOf(headers, done), done);
      if (typeof promised?.then === "function") {
        promised.then(
          (result) => settle(resolve, result),
          (error) => settle(reject, error),
        );
      }
    } catch (error) {
      settle(reject, error);
    }
  });
}

async function main() {
  let handler;
  try {
    handler = await loaded();
  } catch (error) {
    await fail("init/error", error);
    process.exit(1);
  }
  process.on("unhandledRejection", (reason) => {
    const error = new Failure("Runtime.UnhandledPromiseRejection", String(described(reason).errorMessage));
    throw Object.assign(error, { reason });
  });
  process.on("uncaughtException", async (error) => {
    ends = true;
    try {
      await fail(`invocation/${requestId}/error`, error);
    } catch {
      // There is nobody to tell.
    }
    process.exit(129);
  });
  for (;;) {
    const { headers, text } = await call("GET", "invocation/next");
    requestId = headers["lambda-runtime-aws-request-id"];
    process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] ?? "";
    let body;
    try {
      const result = await invoked(handler, JSON.parse(text), headers);
      body = JSON.stringify(result === undefined ? null : result);
    } catch (error) {
      await fail(`invocation/${requestId}/error`, error);
      continue;
    }
    await call("POST", `invocation/${requestId}/response`, body);
  }
}

main();
