"""The SDK's version 2, which has spans of its own."""

from mcp.server.mcpserver import MCPServer
from telemetry import set_up
from things import offer

set_up()
offer(MCPServer("demo")).run("stdio")
