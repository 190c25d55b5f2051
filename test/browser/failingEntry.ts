/** Rejects, to show that the harness notices. */
window.result = Promise.reject(new Error('this entry fails on purpose'));
