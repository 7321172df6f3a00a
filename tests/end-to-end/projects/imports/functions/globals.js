export const onRequest = () => Response.json([typeof self, typeof globalThis, typeof window, typeof document, typeof process, typeof module, self === globalThis, navigator.userAgent]);
