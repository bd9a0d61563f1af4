package io.varve.samples.bench;

/**
 * The event of the store's benchmark.
 *
 * @param orderId which order, from 0
 * @param product what was ordered
 * @param quantity how many
 * @param amount what it costs, in cents
 */
record OrderPlaced(long orderId, String product, int quantity, long amount) {}
