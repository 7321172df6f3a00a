// Loads the page again when what it was made of has changed.
(() => {
  const address = new URL(document.currentScript.src);
  const change = address.search.slice(1);
  let events;

  const listen = () => {
    events = new EventSource(address.pathname);
    events.onmessage = ({ data }) => {
      if (data === change) return;
      events.close();
      location.reload();
    };
    events.onerror = () => {
      // The browser tries again by itself unless it was told something odd.
      if (events.readyState === EventSource.CLOSED) setTimeout(follow, 500);
    };
  };

  // A page that nobody sees holds no connection: browsers allow six to a server.
  const follow = () => {
    events?.close();
    if (document.visibilityState !== "hidden") listen();
  };

  document.addEventListener("visibilitychange", follow);
  follow();
})();
