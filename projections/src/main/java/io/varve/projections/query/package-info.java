/**
 * Reading what projections have written. These are interfaces over one instant of the state;
 * engines and tests decide which instant. They throw what the state throws ({@link
 * io.varve.store.errors.VarveException}), never null.
 */
package io.varve.projections.query;
