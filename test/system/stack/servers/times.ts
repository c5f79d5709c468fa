/** How long the servers take for what, in milliseconds; their clients rely on it. */
export const SEARCH_MS = 20;
export const PAYMENT_MS = 40;
export const DISCOVERY_MS = 800;
