package io.varve.store.transfer;

/**
 * What was imported.
 *
 * @param appended events that were appended
 * @param skipped events that the store had already
 */
public record ImportResult(long appended, long skipped) {}
