// A server over stdio that does what its tools are called: `echo` answers, `hang` does not, `die` ends the process. With `silent`
// it never answers, and with `strict` the process ends where anything comes before `initialize`.
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

let isInitialized = false;

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'initialize') isInitialized = true;
  if (process.argv[2] === 'strict' && !isInitialized) process.exit(1);
  if (id === undefined || process.argv[2] === 'silent') return;
  const result = answers[method]?.(params);
  const answer = method in answers ? { result } : { error: { code: -32601, message: 'Method not found' } };
  if (result === undefined && answer.error === undefined) return;
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
});
