#!/usr/bin/env bash
# A CI job that needs a fake backend. Everything that it starts is gone when it ends, and its
# exit code is that of the tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
understudy=${UNDERSTUDY:-build/understudy}
work=$(mktemp -d)
server=

# Ends the server (SIGTERM: requests in flight finish) and says if it had to complain.
finish() {
    local code=$?
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" || code=$?
    fi
    rm -rf "$work"
    exit $code
}
trap finish EXIT

# 1. A document with a mistake fails the job before anything starts.
"$understudy" check --overlay spec/overlays/spans-store.yaml --fixture fixtures/spans.yaml \
    --faults fixtures/faults/flaky-upsert.yaml spec/sgp-spans.yaml

# 2. A free port, written to a file in one rename when the server is ready.
"$understudy" serve --port 0 --port-file "$work/port" --random-seed 1 --log json \
    --overlay spec/overlays/spans-store.yaml --fixture fixtures/spans.yaml \
    spec/sgp-spans.yaml >"$work/log" &
server=$!
until [ -s "$work/port" ]; do
    kill -0 "$server" || exit 1
    sleep 0.01
done
url=http://127.0.0.1:$(cat "$work/port")

# 3. The tests; here, a few in parallel, each in a world of its own.
put() {
    curl -s -o "$3" -w '%{http_code}' -X PUT "$url/v5/spans/batch" -H "X-Understudy-World: $1" \
        -H 'x-api-key: ci' -H 'content-type: application/json' -d "$2"
}

one_test() {
    local world=$1 body='{"items":[{"id":"mine","name":"n","trace_id":"t","start_timestamp":"2026-11-22T10:00:00Z"}]}'
    curl -sf -o "$work/$world.plan" -X PUT "$url/__admin/faults" -H "X-Understudy-World: $world" \
        -d 'faults: [{name: once, when: {first: 1}, do: {status: 503}}]'
    [ "$(put "$world" "$body" "$work/$world.1")" = 503 ]
    [ "$(put "$world" "$body" "$work/$world.2")" = 200 ]
    grep -q '"count":9' <(curl -sf "$url/__world/$world/__admin/store")
}

tests=()
for world in upload download; do
    one_test "$world" &
    tests+=($!)
done
for test in "${tests[@]}"; do
    wait "$test"
done
grep -q '"count":8' <(curl -sf "$url/__admin/store") # nobody wrote to the default world

# 4. What the clients really sent goes with the job's results.
curl -sf "$url/__world/upload/__admin/requests?order=oldest" >"$work/requests.json"
echo "the job is done: $(grep -c '"event":"request"' "$work/log") requests"
