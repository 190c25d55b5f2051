export { describeSchemaErrors } from './schemaErrors.js';
