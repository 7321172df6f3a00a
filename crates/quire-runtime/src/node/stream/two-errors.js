// One error of two: the first is what is told, with the other kept beside it.
return function aggregateTwoErrors(inner, outer) {
  if (!inner || !outer || inner === outer) return inner || outer;
  if (Array.isArray(outer.errors)) {
    outer.errors.push(inner);
    return outer;
  }
  const both = new AggregateError([outer, inner], outer.message);
  both.code = outer.code;
  return both;
};
