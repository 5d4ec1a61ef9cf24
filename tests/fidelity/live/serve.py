"""serve.py spans|zoo [--openapi]: serves one of the two apps on a free port of 127.0.0.1.

The first line on stdout is the port. With --openapi it prints the app's document instead.
"""

import importlib
import json
import socket
import sys

import uvicorn


def main() -> None:
    app = importlib.import_module(f"{sys.argv[1]}_app").app
    if "--openapi" in sys.argv[2:]:
        json.dump(app.openapi(), sys.stdout, indent=1, ensure_ascii=False)
        return
    # named as TCP, so that asyncio turns off the delay of small writes
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(app, log_level="critical", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


main()
