/** A server of SDK v2, for clients of both eras: over stdio, or over HTTP where `PORT` says where it listens. */
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { startTelemetry } from './telemetry.js';
import { INFO, registerTools } from './tools.js';

const { PORT: port } = process.env;
const telemetry = startTelemetry();

if (port === undefined) serveStdio(createWeather);
else createServer(toNodeHandler(createMcpHandler(createWeather))).listen(Number(port));

function createWeather(): McpServer {
  const server = new McpServer(INFO);
  registerTools(server, telemetry);
  telemetry?.instrument(server);
  return server;
}
