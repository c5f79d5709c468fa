/**
 * Stands for what the MCP SDK takes from Node. Its validator of JSON schemas is ajv, a fourth of the command's MCP server
 * on disk, and is for what clients answer to an elicitation: that server asks its clients nothing, and checks by zod.
 */
export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('this MCP server has no validator of JSON schemas');
  }
}

export { default as process } from 'node:process';
