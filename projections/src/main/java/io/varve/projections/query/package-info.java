/**
 * Reading what projections have written. These are interfaces over one instant of the state;
 * engines and tests decide which instant. A {@link io.varve.projections.query.RangeQuery} says
 * which rows and in which order, a {@link io.varve.projections.query.StoreIndex} finds them by
 * something else than their key; walks take visitors, so that nothing stays open. They throw what
 * the state throws ({@link io.varve.store.errors.VarveException}), never null.
 */
package io.varve.projections.query;
