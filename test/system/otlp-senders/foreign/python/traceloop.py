"""The SDK's version 1 with Traceloop's instrumentation."""

from opentelemetry.instrumentation.mcp import McpInstrumentor
from telemetry import set_up

set_up()
McpInstrumentor().instrument()

from mcp.server.fastmcp import FastMCP  # noqa: E402
from things import offer  # noqa: E402

offer(FastMCP("demo")).run("stdio")
