import text from "../data/text.txt";
import page from "../data/page.html";
export const onRequest = () => Response.json({ text, page });
