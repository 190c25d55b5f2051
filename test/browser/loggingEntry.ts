/** Logs an error and goes on, to show that the harness notices. */
console.error('this entry logs on purpose');
window.result = Promise.resolve('done');
