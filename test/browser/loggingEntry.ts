/** Logs an error and continues, to test that the harness detects it. */
console.error('this entry logs on purpose');
window.result = Promise.resolve('done');
