export default defineEventHandler(() => {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      for (const piece of ["one ", "two ", "three"]) {
        controller.enqueue(encoder.encode(piece));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      controller.close();
    },
  });
});
