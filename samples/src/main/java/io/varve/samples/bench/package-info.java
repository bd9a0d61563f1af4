/**
 * Measures the store alone, and appends and projections over a file of flights. Every number comes
 * with what was done, on which machine, and with the word of a check that the result was right.
 */
package io.varve.samples.bench;
