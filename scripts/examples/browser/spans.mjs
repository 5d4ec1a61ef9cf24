// What a frontend does: list, save, and show errors as they come. No backend needed but understudy.

export class RequestFailed extends Error {
  constructor(status, body) {
    super(`${status}: ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

async function call(url, options = {}) {
  const answer = await fetch(url, options);
  const body = await answer.json();
  if (!answer.ok) throw new RequestFailed(answer.status, body);
  return body;
}

// The store keeps what was written until POST /__admin/reset.
export async function list(base) {
  return (await call(`${base}/__admin/store/spans`)).spans;
}

export async function save(base, item) {
  const body = await call(`${base}/v5/spans/batch`, {
    method: "PUT",
    headers: { "content-type": "application/json", "x-api-key": "anything" },
    body: JSON.stringify({ items: [item] }),
  });
  return body.items[0];
}

// For the spinner and the error page: the same call, late and failing, on cue.
export async function saveOnABadDay(base, item) {
  return call(`${base}/v5/spans/batch`, {
    method: "PUT",
    headers: {
      "content-type": "application/json",
      "x-api-key": "anything",
      "X-Understudy-Fault": "{status: 503, delay: 300ms, body: {detail: away}}",
    },
    body: JSON.stringify({ items: [item] }),
  });
}
