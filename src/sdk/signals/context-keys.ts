import { createContextKey } from '@opentelemetry/api';

/** The operation in whose handler the code runs. */
export const CURRENT_OPERATION = createContextKey('mcp-sessionscope operation');
/** The innermost span of ours in which the code runs, where ours are apart from the application's. */
export const OWN_SPAN = createContextKey('mcp-sessionscope own span');
/**
 * Set where a trace follows one of the same session, or of the same connection of a client: whether that was kept. A session that was
 * not kept has no next trace.
 */
export const KEEP_SESSION = createContextKey('mcp-sessionscope keep session');
