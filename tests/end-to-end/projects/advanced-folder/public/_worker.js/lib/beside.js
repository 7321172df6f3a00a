/** What the module `name` beside this one says. */
export const beside = async (name) => (await import(`./${name}.mjs`)).later;
