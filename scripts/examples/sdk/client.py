"""A small client as SDK generators write them: retries with backoff, errors as exceptions."""
import http.client
import json
import time
import urllib.error
import urllib.request

RETRIED = {408, 409, 429}


class ApiError(Exception):
    def __init__(self, status, body):
        super().__init__(f"Error code: {status} - {body}")
        self.status = status
        self.body = body


class Client:
    def __init__(self, base_url, api_key, max_retries=2, headers=None, longest_pause=8.0):
        self.base_url = base_url
        self.headers = {"x-api-key": api_key, "content-type": "application/json",
                        **(headers or {})}
        self.max_retries = max_retries
        self.longest_pause = longest_pause

    def upsert_batch(self, items):
        return self.request("PUT", "/v5/spans/batch", {"items": items})["items"]

    def request(self, method, path, body):
        for attempt in range(self.max_retries + 1):
            last = attempt == self.max_retries
            try:
                return self.send(method, path, body, attempt)
            except ApiError as error:
                if last or not (error.status in RETRIED or error.status >= 500):
                    raise
                self.pause(attempt, error.retry_after)
            except (OSError, http.client.HTTPException, ValueError):
                # no answer, half an answer, or one that is no JSON
                if last:
                    raise
                self.pause(attempt, None)
        raise AssertionError("unreachable")

    def send(self, method, path, body, attempt):
        request = urllib.request.Request(
            self.base_url + path, method=method, data=json.dumps(body).encode(),
            headers={**self.headers, "x-stainless-retry-count": str(attempt)})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                wrapped = ApiError(error.code, error.read().decode())
                wrapped.retry_after = error.headers.get("retry-after")
            raise wrapped from None

    def pause(self, attempt, retry_after):
        seconds = float(retry_after) if retry_after else 0.1 * 2 ** attempt
        time.sleep(min(seconds, self.longest_pause))
