"""The SDK's version 1 with Logfire's instrumentation, sent as OTLP."""

import logfire

logfire.configure(send_to_logfire=False, console=False, inspect_arguments=False)
logfire.instrument_mcp()

from mcp.server.fastmcp import FastMCP  # noqa: E402
from things import offer  # noqa: E402

offer(FastMCP("demo")).run("stdio")
logfire.shutdown()
