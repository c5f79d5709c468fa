// A server over stdio that does what its tools are called: `echo` answers, `hang` does not, `die` ends the process.
const { createInterface } = require('node:readline');

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'child', version: '9' },
  }),
  'tools/list': () => ({ tools: [{ name: 'echo', inputSchema: { type: 'object' } }] }),
  'tools/call': ({ name, ...rest }) => {
    if (name === 'die') process.exit(1);
    return name === 'hang' ? undefined : { content: [{ type: 'text', text: JSON.stringify(rest) }] };
  },
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || process.argv[2] === 'silent') return;
  const result = answers[method]?.(params);
  const answer = method in answers ? { result } : { error: { code: -32601, message: 'Method not found' } };
  if (result === undefined && answer.error === undefined) return;
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
});
