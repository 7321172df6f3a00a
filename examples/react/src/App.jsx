import { useEffect, useState } from "react";

export function App() {
  const [greeting, setGreeting] = useState("…");
  const [count, setCount] = useState(0);

  useEffect(() => {
    fetch("/api/greeting")
      .then((response) => response.json())
      .then(({ greeting }) => setGreeting(greeting));
  }, []);

  return (
    <main>
      <h1>React and Functions</h1>
      <p id="greeting">{greeting}</p>
      <button type="button" onClick={() => setCount(count + 1)}>
        clicked {count} times
      </button>
    </main>
  );
}
