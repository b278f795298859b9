/** What `make` makes of the newest value, made anew only when that is another one. */
export function whenChanged<From, To>(newest: () => From, make: (from: From) => To): () => To {
  let known: { readonly from: From; readonly to: To } | undefined;
  return () => {
    const from = newest();
    if (known === undefined || known.from !== from) known = { from, to: make(from) };
    return known.to;
  };
}
