"""A server of FastMCP: over stdio, or over HTTP where PORT is set."""

import os

from fastmcp import FastMCP

server = FastMCP("weather", version="1.0.0")


@server.tool
def get_weather(city: str) -> str:
    return f"{city}: 19 °C, sunny"


@server.tool
def fail() -> str:
    raise ValueError("out of range")


@server.resource("weather://stations")
def stations() -> str:
    return "Oslo, Bergen"


if "PORT" in os.environ:
    server.run(transport="http", host="127.0.0.1", port=int(os.environ["PORT"]), show_banner=False)
else:
    server.run(show_banner=False)
