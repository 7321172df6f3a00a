// Which function makes the object that a binding of each kind is in `env`.

const kinds = { __proto__: null };

internals.bindings = {
  /** `create` gets the binding as quire-runtime's `Binding` describes it: { name, kind, … }. */
  define(kind, create) {
    kinds[kind] = create;
  },

  create: (binding) => kinds[binding.kind](binding),
};
