/** Rejects, to test that the harness detects it. */
window.result = Promise.reject(new Error('this entry fails on purpose'));
