/**
 * Everything that can go wrong, as types.
 *
 * <p>All are unchecked and extend {@link io.varve.store.errors.VarveException}, whose message says
 * what happened, to what (as {@code name=value}), and what to do about it. No exception of a
 * library below reaches a caller.
 */
package io.varve.store.errors;
