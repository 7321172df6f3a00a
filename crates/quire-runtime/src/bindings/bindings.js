// Which function makes the object that a binding of each kind is in `env`.

const kinds = { __proto__: null };

internals.bindings = {
  /** `create` gets the binding as quire-runtime's `Binding` describes it: { name, kind, … }. */
  define(kind, create) {
    kinds[kind] = create;
  },

  /** Adds what a binding stands for to `env`. A kind that nothing defines is left out. */
  addTo(env, binding) {
    const create = kinds[binding.kind];
    if (create !== undefined) env[binding.name] = create(binding);
  },
};
