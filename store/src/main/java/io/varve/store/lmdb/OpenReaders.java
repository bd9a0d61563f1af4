package io.varve.store.lmdb;

import java.time.Duration;

/**
 * Who reads an environment just now. As long as somebody does, the pages of what he sees are not
 * used again: a reader that stays open lets the file grow.
 *
 * @param count how many
 * @param oldest for how long the one has read that began first; zero where nobody reads
 */
public record OpenReaders(int count, Duration oldest) {}
