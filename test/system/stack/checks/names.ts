/** The uids of the dashboards. */
export const SESSIONS = 'mcp-sessionscope-sessions';
export const SESSION = 'mcp-sessionscope-session';
export const OPERATIONS = 'mcp-sessionscope-operations';
export const PROCESSES = 'mcp-sessionscope-processes';
