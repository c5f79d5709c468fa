"""FastMCP 3 and 4, which have spans of their own."""

from fastmcp import FastMCP
from telemetry import set_up
from things import offer

set_up()
offer(FastMCP("demo")).run(show_banner=False)
