// node check.mjs BASE-URL: the page's calls without the page, and the headers a browser asks for.
import assert from "node:assert/strict";
import { RequestFailed, list, save, saveOnABadDay } from "./spans.mjs";

const base = process.argv[2] ?? "http://127.0.0.1:4010";
const item = { name: "from the page", trace_id: "browser", start_timestamp: "2026-11-22T10:00:00Z" };

const before = await list(base);
const saved = await save(base, item);
assert.equal(saved.name, item.name);
assert.match(saved.id, /^[0-9a-f-]{36}$/);
assert.equal((await list(base)).length, before.length + 1);

await assert.rejects(save(base, { ...item, status: "DONE" }), (error) => {
  assert(error instanceof RequestFailed);
  assert.equal(error.status, 422);
  assert.deepEqual(error.body.detail[0].loc, ["body", "items", 0, "status"]);
  return true;
});

const started = Date.now();
await assert.rejects(saveOnABadDay(base, item), { status: 503, body: { detail: "away" } });
assert(Date.now() - started >= 290);

// Any origin may call, with any header: the preflight and the answer say so.
const origin = "http://localhost:5173";
const preflight = await fetch(`${base}/v5/spans/batch`, {
  method: "OPTIONS",
  headers: {
    origin,
    "access-control-request-method": "PUT",
    "access-control-request-headers": "content-type,x-api-key,x-understudy-fault",
  },
});
assert.equal(preflight.status, 204);
assert.equal(preflight.headers.get("access-control-allow-origin"), origin);
assert.match(preflight.headers.get("access-control-allow-headers"), /x-understudy-fault/);
console.log("the page's calls work");
