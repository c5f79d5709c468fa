import { createContextKey } from '@opentelemetry/api';

/** The operation in whose handler the code runs. */
export const CURRENT_OPERATION = createContextKey('mcp-sessionscope operation');
/** The sampling decision that a session's next trace takes over: `true` or `false`. */
export const KEEP_SESSION = createContextKey('mcp-sessionscope keep session');
