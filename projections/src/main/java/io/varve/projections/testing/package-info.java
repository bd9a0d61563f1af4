/**
 * For the tests of users: runs projections without an engine, on the heap, in the caller's thread,
 * and at no time of day but that of the events.
 */
package io.varve.projections.testing;
