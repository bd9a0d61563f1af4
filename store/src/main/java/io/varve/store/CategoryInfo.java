package io.varve.store;

/**
 * A category and what its streams hold.
 *
 * @param name of the category
 * @param streams how many it has, those that have ended included
 * @param events how many its streams have had, tombstones and events that were truncated included
 * @param lastPosition of its last event
 */
public record CategoryInfo(String name, long streams, long events, long lastPosition) {}
