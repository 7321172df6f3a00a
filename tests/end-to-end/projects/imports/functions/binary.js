import bytes from "../data/bytes.bin";
export const onRequest = () => Response.json({ type: bytes.constructor.name, bytes: [...new Uint8Array(bytes)] });
