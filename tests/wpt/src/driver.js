// Runs one file of web-platform-tests within a request: gives it what a worker of a browser would have (`location`,
// relative URLs), evaluates the harness and then the tests, and answers with the outcome of each test.
(job, harness, tests) => {
  // Taken before the tests run: some replace them.
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const { stringify } = JSON;
  const { construct, apply } = Reflect;
  const { EventTarget, URL, Response, setTimeout } = globalThis;

  const TEST_STATUS = ["PASS", "FAIL", "TIMEOUT", "NOTRUN", "PRECONDITION_FAILED"];
  const HARNESS_STATUS = ["OK", "ERROR", "TIMEOUT", "PRECONDITION_FAILED"];

  const location = new URL(job.url);

  /** Workers resolve no relative URLs, as they have no base; the tests are full of them. */
  const absolute = (input) => {
    if (typeof input !== "string" || URL.canParse(input)) return input;
    try {
      return new URL(input, location).href;
    } catch {
      return input;
    }
  };
  const absoluteFirst = (args) => (args.length === 0 ? args : [absolute(args[0]), ...args.slice(1)]);

  function resolveRelative() {
    const { fetch } = globalThis;
    globalThis.fetch = { fetch(...args) { return apply(fetch, undefined, absoluteFirst(args)); } }.fetch;
    for (const name of ["Request", "EventSource", "WebSocket"]) {
      const Class = globalThis[name];
      if (Class === undefined) continue;
      const Wrapped = new Proxy(Class, {
        construct: (target, args, newTarget) =>
          construct(target, absoluteFirst(args), newTarget === Wrapped ? target : newTarget),
      });
      defineProperty(globalThis, name, { value: Wrapped, writable: true, configurable: true });
      defineProperty(Class.prototype, "constructor", { value: Wrapped, writable: true, configurable: true });
    }
    const { redirect } = Response;
    const wrapped = { redirect(...args) { return apply(redirect, this, absoluteFirst(args)); } }.redirect;
    defineProperty(Response, "redirect", { value: wrapped, writable: true, enumerable: true, configurable: true });
  }

  /** Workers know no origins and so no kinds of responses; most tests of fetch check that before anything else. */
  function labelFetched() {
    const type = getOwnPropertyDescriptor(Response.prototype, "type");
    const fetched = new WeakSet();
    const get = function () {
      const label = apply(type.get, this, []);
      return label === "default" && fetched.has(this) ? "basic" : label;
    };
    defineProperty(Response.prototype, "type", { ...type, get });
    const { fetch } = globalThis;
    const labelled = (promise) => {
      promise.then((response) => fetched.add(response), () => {});
      return promise;
    };
    globalThis.fetch = { fetch(...args) { return labelled(apply(fetch, undefined, args)); } }.fetch;
  }

  /** Events have one phase in Workers, and asking for another is an error; tests of sockets listen in the capture phase. */
  function listenWithoutCapture() {
    const { addEventListener } = EventTarget.prototype;
    defineProperty(globalThis.WebSocket.prototype, "addEventListener", {
      value(type, listener) { return apply(addEventListener, this, [type, listener]); },
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }

  /** What tests of Blob look into blobs with; the tests of FileReader itself are left out. */
  class FileReader {
    #read(promise) {
      promise.then(
        (result) => {
          this.result = result;
          apply(this.onload, this, [{ target: this }]);
        },
        (error) => apply(this.onerror, this, [error]),
      );
    }
    readAsText(blob) {
      this.#read(blob.text());
    }
    readAsArrayBuffer(blob) {
      this.#read(blob.arrayBuffer());
    }
  }

  /** The harness takes a scope of these classes for a worker that others steer by messages. */
  function withoutWorkerScopes(run) {
    const names = ["ServiceWorkerGlobalScope", "WorkerGlobalScope"].filter((name) => name in globalThis);
    const own = names.map((name) => getOwnPropertyDescriptor(globalThis, name));
    for (const name of names) defineProperty(globalThis, name, { value: class {}, configurable: true });
    run();
    names.forEach((name, i) => {
      delete globalThis[name];
      if (own[i] !== undefined) defineProperty(globalThis, name, own[i]);
    });
  }

  const text = (value) => (value === null || value === undefined ? null : String(value).toWellFormed());

  return () =>
    new Promise((resolve) => {
      let done = false;
      const report = (tests, status, message) => {
        if (done) return;
        done = true;
        const outcome = {
          status,
          message: text(message),
          tests: tests.map((test) => ({
            name: text(test.name),
            status: TEST_STATUS[test.status],
            message: text(test.message),
          })),
        };
        resolve(new Response(stringify(outcome)));
      };

      globalThis.GLOBAL = { isWindow: () => false, isWorker: () => true, isShadowRealm: () => false };
      if (job.title !== null) globalThis.META_TITLE = job.title;
      globalThis.importScripts = () => {};
      defineProperty(globalThis, "location", { value: location, configurable: true, enumerable: true });
      resolveRelative();
      labelFetched();
      listenWithoutCapture();
      globalThis.FileReader = FileReader;

      const seen = [];
      try {
        withoutWorkerScopes(() => apply(harness, globalThis, []));
        globalThis.add_result_callback((test) => seen.push(test));
        globalThis.add_completion_callback((tests, { status, message }) => report(tests, HARNESS_STATUS[status], message));
        const { timeout } = globalThis;
        setTimeout(() => {
          timeout();
          // The harness calls nobody back when no test was ever made.
          setTimeout(() => report(seen, "TIMEOUT", "nothing came of it in time"), 500);
        }, job.timeout);
        apply(tests, globalThis, [globalThis]);
      } catch (error) {
        report(seen, "ERROR", `${error}\n${error?.stack}`);
      }
    });
}
