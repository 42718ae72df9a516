"""python -m launch.web FD: one web process on a listening socket that bin/run has opened."""

from __future__ import annotations

import socket
import sys

from realtime.server import serve

if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
