import { customAlphabet, nanoid, urlAlphabet } from "nanoid";
import { nanoid as insecure } from "nanoid/non-secure";

export const onRequest: PagesFunction = () => {
  const many = new Set(Array.from({ length: 1000 }, () => nanoid()));
  return Response.json({
    unique: many.size,
    shape: [...many].every((id) => id.length === 21 && [...id].every((letter) => urlAlphabet.includes(letter))),
    custom: /^[abc]{8}$/.test(customAlphabet("abc", 8)()),
    insecure: insecure(5).length,
  });
};
