import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequests,
  inputRequired,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';

/** A call that goes through several rounds: what it still asks for, or what it ends with. */
type Round = { ask: InputRequests; state?: unknown } | { text: string };

/** The tools and the prompt that answer with `input_required` before they complete (protocol 2026-07-28). */
export function registerInputRequired(server: McpServer, codec: RequestStateCodec): void {
  for (const [name, round] of Object.entries(rounds)) {
    server.registerTool(name, { description: `Multi-round tool ${name}` }, async (ctx) => {
      const next = round(ctx);
      if ('text' in next) return { content: [{ type: 'text', text: next.text }] };
      return inputRequired({
        inputRequests: next.ask,
        ...(next.state !== undefined && { requestState: await codec.mint(next.state, ctx) }),
      });
    });
  }
  const name = 'test_input_required_result_prompt';
  server.registerPrompt(name, { description: `Multi-round prompt ${name}` }, (ctx) => {
    const given = acceptedContent<{ context: string }>(ctx.mcpReq.inputResponses, 'user_context');
    if (given === undefined) {
      return inputRequired({
        inputRequests: { user_context: ask('What context should be used?', 'context') },
      });
    }
    return { messages: [{ role: 'user', content: { type: 'text', text: `Use ${given.context}` } }] };
  });
}

const rounds: Record<string, (ctx: ServerContext) => Round> = {
  test_input_required_result_elicitation: (ctx) => {
    const name = answered(ctx, 'user_name')?.['name'];
    return typeof name === 'string'
      ? { text: `Hello, ${name}!` }
      : { ask: { user_name: ask('What is your name?', 'name') } };
  },
  test_input_required_result_sampling: (ctx) => {
    const view = inputResponse(ctx.mcpReq.inputResponses, 'capital_question');
    return view.kind === 'sampling'
      ? { text: JSON.stringify(view.result.content) }
      : { ask: { capital_question: sample('What is the capital of France?') } };
  },
  test_input_required_result_list_roots: (ctx) => {
    const view = inputResponse(ctx.mcpReq.inputResponses, 'client_roots');
    return view.kind === 'roots'
      ? { text: `Roots: ${JSON.stringify(view.roots)}` }
      : { ask: { client_roots: inputRequired.listRoots() } };
  },
  test_input_required_result_request_state: (ctx) =>
    ctx.mcpReq.requestState() !== undefined && answered(ctx, 'confirm') !== undefined
      ? { text: 'state-ok' }
      : { ask: { confirm: ask('Please confirm', 'ok', 'boolean') }, state: { round: 1 } },
  test_input_required_result_tampered_state: (ctx) =>
    ctx.mcpReq.requestState() !== undefined
      ? { text: 'state-ok' }
      : { ask: { confirm: ask('Please confirm', 'ok', 'boolean') }, state: { round: 1 } },
  test_input_required_result_multiple_inputs: (ctx) =>
    ctx.mcpReq.requestState() !== undefined && answered(ctx, 'user_name') !== undefined
      ? { text: 'All inputs were given.' }
      : {
          ask: {
            user_name: ask('What is your name?', 'name'),
            greeting: sample('Generate a greeting'),
            client_roots: inputRequired.listRoots(),
          },
          state: { round: 1 },
        },
  test_input_required_result_multi_round: (ctx) => {
    const state = ctx.mcpReq.requestState<{ round: number; name?: unknown }>();
    if (state?.round === 2 && answered(ctx, 'step2') !== undefined) {
      return { text: `${state.name} likes ${answered(ctx, 'step2')?.['color']}` };
    }
    const first = answered(ctx, 'step1');
    if (first === undefined) {
      return { ask: { step1: ask('Step 1: What is your name?', 'name') }, state: { round: 1 } };
    }
    const step2 = ask('Step 2: What is your favorite color?', 'color');
    return { ask: { step2 }, state: { round: 2, name: first['name'] } };
  },
  test_input_required_result_capabilities: (ctx) => {
    const { elicitation, sampling } = capabilities(ctx);
    if (elicitation !== undefined) return { ask: { user_name: ask('What is your name?', 'name') } };
    if (sampling !== undefined) return { ask: { capital: sample('What is the capital of France?') } };
    return { text: 'The client declared nothing to ask with.' };
  },
  // Asks for what the client may not have declared: refusing that is the SDK's part.
  test_missing_capability: (ctx) =>
    inputResponse(ctx.mcpReq.inputResponses, 'capital').kind === 'sampling'
      ? { text: 'The client can sample.' }
      : { ask: { capital: sample('What is the capital of France?') } },
  test_streaming_elicitation: (ctx) =>
    answered(ctx, 'user_name') === undefined
      ? { ask: { user_name: ask('What is your name?', 'name') } }
      : { text: 'done' },
};

function capabilities(ctx: ServerContext): { elicitation?: unknown; sampling?: unknown } {
  const envelope: Record<string, unknown> = ctx.mcpReq.envelope ?? {};
  return envelope[CLIENT_CAPABILITIES_META_KEY] ?? {};
}

function answered(ctx: ServerContext, key: string): Record<string, unknown> | undefined {
  return acceptedContent(ctx.mcpReq.inputResponses, key);
}

function ask(message: string, field: string, type: 'string' | 'boolean' = 'string') {
  const property = type === 'string' ? ({ type: 'string' } as const) : ({ type: 'boolean' } as const);
  return inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [field]: property }, required: [field] },
  });
}

function sample(prompt: string) {
  return inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
    maxTokens: 100,
  });
}
